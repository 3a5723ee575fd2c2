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
 */
public final class Differentiation {
  private final Graph graph;
  private final Map<Value, Value> gradients = new LinkedHashMap<>();

  private Differentiation(Graph graph) {
    this.graph = graph;
  }

  /**
   * Adds the gradients of a scalar. The gradient of a value named {@code v} is named {@code
   * grad(v)}.
   *
   * @param loss the scalar []
   * @param wanted the values by which to differentiate
   * @return the gradient of each wanted value, of its type; zeros where the loss does not depend on
   *     it
   */
  public static Map<Value, Value> gradients(Graph graph, Value loss, Collection<Value> wanted) {
    if (loss.type().shape().rank() != 0 || !loss.type().dtype().isFloating()) {
      throw new IllegalArgumentException("gradient of " + loss + ": expected a floating scalar []");
    }
    return new Differentiation(graph).run(loss, wanted);
  }

  private Map<Value, Value> run(Value loss, Collection<Value> wanted) {
    List<Node> forward = List.copyOf(graph.nodes());
    Set<Value> active = activeValues(forward, wanted);
    graph.absoluteScope("grad", () -> gradients.put(loss, graph.constant(1, loss.type().dtype())));
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
        String scope = node.scope().isEmpty() ? "grad" : "grad " + node.scope();
        graph.absoluteScope(scope, () -> pullBack(node, dY, wants));
      }
    }
    Map<Value, Value> result = new LinkedHashMap<>();
    for (Value value : wanted) {
      Value gradient = gradients.get(value);
      result.put(value, gradient == null ? (Value) graph.fill(0, value.type()) : gradient);
    }
    nameGradients();
    return result;
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
        gradients.merge(node.inputs().get(i), contribution, (a, b) -> (Value) graph.add(a, b));
      }
    }
    return null;
  }

  private void nameGradients() {
    gradients.forEach((value, gradient) -> {
      if (value.name() != null) {
        graph.name(gradient, "grad(" + value.name() + ")");
      }
    });
  }
}
