package dev.lamina.graph;

import dev.lamina.op.GradientContext;
import dev.lamina.op.Sym;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reverse-mode differentiation as a transformation of the graph: adds the nodes that compute the
 * gradient of a scalar by other values, by the chain rule from the last node to the first. Where a
 * value is used more than once, the gradients of its uses are added, in reverse order of use.
 *
 * <p>Gradients are values as all others: a further scalar may be computed from them and
 * differentiated again, by the same values or others, as often as one likes. So there are second
 * derivatives, gradient penalties and gradients of each of several losses. Operations that are not
 * smooth count as constant where they are flat: the second derivative of ReLU is 0.
 */
public final class Differentiation {
  private final Graph graph;
  private final String label;
  private final Map<Value, Value> gradients = new LinkedHashMap<>();

  private Differentiation(Graph graph) {
    this.graph = graph;
    label = graph.gradientLabel();
  }

  /**
   * Adds the gradients of a scalar. Those of named values get names too: the first time that a
   * graph is differentiated, that of {@code v} is named {@code grad(v)}, the second time {@code
   * grad2(v)}, and so on, so that all gradients of one call have the same number; {@code
   * grad2(grad(v))} is the gradient of a gradient. Within a {@link Graph#scope} the names begin
   * with it and are counted for themselves: {@code penalty.grad(v)}.
   *
   * @param loss the scalar []
   * @param wanted the values by which to differentiate, of the same graph
   * @return the gradient of each wanted value, of its type; zeros where the loss does not depend on
   *     it
   * @throws IllegalArgumentException if the loss is no floating scalar, or a value is of another
   *     graph
   * @throws UnsupportedOperationException if an operation between them has no gradient; the message
   *     names it
   */
  public static Map<Value, Value> gradients(Graph graph, Value loss, Collection<Value> wanted) {
    if (loss.type().shape().rank() != 0 || !loss.type().dtype().isFloating()) {
      throw new IllegalArgumentException("gradient of " + loss + ": expected a floating scalar []");
    }
    graph.own("the scalar to differentiate", loss);
    wanted.forEach(value -> graph.own("a value to differentiate by", value));
    return new Differentiation(graph).run(loss, wanted);
  }

  private Map<Value, Value> run(Value loss, Collection<Value> wanted) {
    List<Node> forward = List.copyOf(graph.nodes());
    Set<Value> active = activeValues(forward, wanted);
    graph.absoluteScope(label, () -> gradients.put(loss, graph.constant(1, loss.type().dtype())));
    for (Node node : forward.reversed()) {
      Value dY = node.outputs().isEmpty() ? null : gradients.get(node.outputs().getFirst());
      checkFurtherOutputs(node);
      if (dY == null) {
        continue;
      }
      boolean[] wants = new boolean[node.inputs().size()];
      boolean any = false;
      for (int i = 0; i < wants.length; i++) {
        wants[i] = active.contains(node.inputs().get(i)) && node.op().differentiable(i);
        any |= wants[i];
      }
      if (any) {
        String scope = node.scope().isEmpty() ? label : label + " " + node.scope();
        graph.absoluteScope(scope, () -> pullBack(node, dY, wants));
      }
    }
    Map<Value, Value> result = new LinkedHashMap<>();
    for (Value value : wanted) {
      result.put(value, gradients.computeIfAbsent(value, this::zeros));
    }
    nameGradients();
    return result;
  }

  private Value zeros(Value value) {
    return graph.absoluteScope(label, () -> graph.fill(0, value.type()));
  }

  // Operations state their gradient by their first output only.
  private void checkFurtherOutputs(Node node) {
    for (Value output : node.outputs().stream().skip(1).toList()) {
      if (gradients.containsKey(output)) {
        throw new UnsupportedOperationException(
            "the operation " + node.name() + " has no gradient by its output " + output);
      }
    }
  }

  /** The values that depend on a wanted one. */
  private static Set<Value> activeValues(List<Node> forward, Collection<Value> wanted) {
    Set<Value> active = new HashSet<>(wanted);
    for (Node node : forward) {
      for (int i = 0; i < node.inputs().size(); i++) {
        if (active.contains(node.inputs().get(i)) && node.op().differentiable(i)) {
          active.addAll(node.outputs());
        }
      }
    }
    return active;
  }

  private Void pullBack(Node node, Value dY, boolean[] wants) {
    List<Sym> inputs = new ArrayList<>(node.inputs());
    List<Sym> outputs = new ArrayList<>(node.outputs());
    List<Sym> contributions =
        node.op().gradient(new GradientContext(graph, inputs, outputs, dY, wants));
    for (int i = 0; i < wants.length; i++) {
      if (wants[i]) {
        Value contribution = (Value) contributions.get(i);
        gradients.merge(node.inputs().get(i), contribution, graph::add);
      }
    }
    return null;
  }

  private void nameGradients() {
    gradients.forEach((value, gradient) -> {
      if (value.name() != null) {
        graph.name(gradient, label + "(" + value.name() + ")");
      }
    });
  }
}
