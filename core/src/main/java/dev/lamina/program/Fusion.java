package dev.lamina.program;

import dev.lamina.backend.Backend;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import dev.lamina.op.ActivateGradientBias;
import dev.lamina.op.Activation;
import dev.lamina.op.BatchIndices;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Fill;
import dev.lamina.op.GatherBatch;
import dev.lamina.op.GatherRows;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.op.GemmBiasGradient;
import dev.lamina.op.LossGradient;
import dev.lamina.op.LossWithGradient;
import dev.lamina.op.Map;
import dev.lamina.op.MeanLoss;
import dev.lamina.op.Op;
import dev.lamina.op.Reduce;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Replaces neighbouring operations by one that the backend does in one go. A value that a fusion
 * would swallow is left alone if it is kept, placed in a variable or used elsewhere.
 *
 * <ol>
 *   <li>operation on BF16 + cast of its result to FP32: the result before it is rounded;
 *   <li>product + bias row, and that + activation: a linear layer, whose pre-activation is a second
 *       result where the backward pass takes it;
 *   <li>activation gradient + sum over its rows: the gradients of pre-activation and bias;
 *   <li>product + activation gradient, with or without that sum: across two layers of the backward
 *       pass;
 *   <li>product + sum over the rows of its first factor: the gradients of weight and bias;
 *   <li>loss + its gradient;
 *   <li>numbers of a batch + each gather by them;
 *   <li>map + map of its result, with the same bits.
 * </ol>
 */
final class Fusion {
  private final Backend backend;
  private final Set<Value> kept;
  private List<Node> nodes;
  private Uses uses;

  private Fusion(List<Node> nodes, Set<Value> kept, Backend backend) {
    this.backend = backend;
    this.kept = kept;
    update(nodes);
  }

  static List<Node> fuse(List<Node> nodes, Set<Value> kept, Backend backend) {
    Fusion fusion = new Fusion(nodes, kept, backend);
    fusion.sweep(fusion::widen);
    fusion.sweep(fusion::bias);
    fusion.sweep(fusion::activation);
    fusion.sweep(fusion::biasGradient);
    fusion.sweep(fusion::inputGradient);
    fusion.sweep(fusion::weightGradient);
    fusion.sweep(fusion::loss);
    fusion.sweep(fusion::batch);
    int before;
    do { // a chain grows by one map in a sweep
      before = fusion.nodes.size();
      fusion.sweep(fusion::chain);
    } while (fusion.nodes.size() < before);
    return fusion.nodes;
  }

  /**
   * One way to fuse: the nodes to drop, but for the other one if it {@code stays}, and the one to
   * put in the place of {@code at}.
   */
  private record Rewrite(Node at, Node other, boolean stays, Node replacement) {
    Rewrite(Node at, Node other, Node replacement) {
      this(at, other, false, replacement);
    }
  }

  @FunctionalInterface
  private interface Rule {
    /** How to fuse this node with a later one, or null. */
    Rewrite at(Node node);
  }

  private void sweep(Rule rule) {
    for (Node node : nodes) {
      // A node that an earlier rewrite of this sweep dropped is no longer in the list.
      if (!nodes.contains(node)) {
        continue;
      }
      Rewrite rewrite = rule.at(node);
      if (rewrite != null && backend.fuses(rewrite.replacement.op()) && keepsOrder(rewrite)) {
        List<Node> next = new ArrayList<>(nodes.size() - 1);
        for (Node old : nodes) {
          if (old == rewrite.at) {
            next.add(rewrite.replacement);
          } else if (old != rewrite.other || rewrite.stays) {
            next.add(old);
          }
        }
        update(next);
      }
    }
  }

  /**
   * Whether nothing between both nodes writes what the one that moves reads there, or touches what
   * it writes.
   */
  private boolean keepsOrder(Rewrite rewrite) {
    Node moved = rewrite.other;
    List<Value> reads = common(moved.inputs(), rewrite.replacement.inputs());
    List<Value> writes = common(moved.outputs(), rewrite.replacement.outputs());
    int at = nodes.indexOf(rewrite.at);
    int other = nodes.indexOf(moved);
    return nodes.subList(Math.min(at, other) + 1, Math.max(at, other)).stream()
        .noneMatch(between -> Conflicts.between(reads, writes, between));
  }

  private static List<Value> common(List<Value> some, List<Value> others) {
    return some.stream().filter(others::contains).toList();
  }

  private void update(List<Node> next) {
    nodes = next;
    uses = new Uses(next, kept);
  }

  /**
   * y = f(x) rounded to BF16, z = y in FP32. It takes the place of f, so that x need not be kept
   * until the cast, if the variable in which z may lie is left alone meanwhile.
   */
  private Rewrite widen(Node node) {
    Op wide = node.op().widened();
    if (wide == null || node.inputs().getFirst().type().dtype() != DType.BF16) {
      return null;
    }
    Node cast = onlyTaker(node.outputs().getFirst());
    if (cast == null || !Elementwise.isCast(cast.op(), DType.BF16, DType.FP32)) {
      return null;
    }
    Node fused = Node.fused(node.scope(), wide, node.inputs(), cast.outputs());
    Rewrite early = new Rewrite(node, cast, fused);
    return keepsOrder(early) ? early : new Rewrite(cast, node, fused);
  }

  /** D = A·B, Z = D + b. */
  private Rewrite bias(Node node) {
    if (!(node.op() instanceof Gemm gemm)
        || gemm.bias()
        || gemm.beta() != 0
        || gemm.wide()
        || gemm.activation() != Activation.IDENTITY) {
      return null;
    }
    Value d = node.outputs().getFirst();
    Node add = onlyTaker(d);
    if (add == null
        || !Elementwise.ADD.is(add.op())
        || add.inputs().getFirst() != d
        || add.inputs().get(1).type().shape().rank() != 1
        || !add.outputs().getFirst().type().equals(d.type())) {
      return null;
    }
    Op fused = gemm.withBias();
    List<Value> inputs = new ArrayList<>(node.inputs());
    inputs.add(add.inputs().get(1));
    return new Rewrite(add, node, Node.fused(node.scope(), fused, inputs, add.outputs()));
  }

  /** Z = A·B (+ b), F = φ(Z). */
  private Rewrite activation(Node node) {
    if (!(node.op() instanceof Gemm gemm) || gemm.activation() != Activation.IDENTITY) {
      return null;
    }
    Value z = node.outputs().getFirst();
    Node activate = onlyTaker(z);
    if (activate == null) {
      return withPreactivation(node, gemm);
    }
    Activation activation = Activation.of(activate.op());
    if (activation == null) {
      return null;
    }
    Op fused = gemm.with(activation);
    return new Rewrite(
        activate, node, Node.fused(node.scope(), fused, node.inputs(), activate.outputs()));
  }

  /** The same with Z as a second result; at the product's place, where Z has not been taken yet. */
  private Rewrite withPreactivation(Node node, Gemm gemm) {
    Value z = node.outputs().getFirst();
    for (Node activate : uses.of(z)) {
      Activation activation = Activation.of(activate.op());
      if (activation != null && activation.ofInput()) {
        List<Value> outputs = List.of(activate.outputs().getFirst(), z);
        Op fused = gemm.with(activation).withPreactivation();
        return new Rewrite(node, activate, Node.fused(node.scope(), fused, node.inputs(), outputs));
      }
    }
    return null;
  }

  /**
   * dZ = dF ∘ φ', db = Σ dZ; dZ itself stays. A sum that is wider than dZ is left to the weight's
   * gradient: no product that leaves dZ has one.
   */
  private Rewrite biasGradient(Node node) {
    Activation activation = Activation.ofGradient(node.op());
    if (activation == null || node.outputs().getFirst().type().shape().rank() != 2) {
      return null;
    }
    Value dZ = node.outputs().getFirst();
    for (Node sum : uses.of(dZ)) {
      if (sum.op().equals(new Reduce(Reduce.Kind.SUM, Reduce.Axis.ROWS))) {
        Op fused = new ActivateGradientBias(activation);
        return new Rewrite(
            node,
            sum,
            Node.fused(node.scope(), fused, node.inputs(), List.of(dZ, sum.outputs().getFirst())));
      }
    }
    return null;
  }

  /** dF = A·B, then the former, or dZ = dF ∘ φ' alone. */
  private Rewrite inputGradient(Node node) {
    if (!node.op().equals(Gemm.of(false, false))) {
      return null;
    }
    Value dF = node.outputs().getFirst();
    Node next = onlyTaker(dF);
    if (next == null || next.inputs().getFirst() != dF) {
      return null;
    }
    Op fused;
    if (next.op() instanceof ActivateGradientBias(Activation activation)) {
      fused = new GemmActivateGradient(activation, true);
    } else {
      Activation activation = Activation.ofGradient(next.op());
      fused = activation == null ? null : new GemmActivateGradient(activation, false);
    }
    if (fused == null) {
      return null;
    }
    List<Value> inputs = new ArrayList<>(node.inputs());
    inputs.add(next.inputs().get(1));
    return new Rewrite(next, node, Node.fused(next.scope(), fused, inputs, next.outputs()));
  }

  /** dW = dZᵀ·X, db = Σ dZ. */
  private Rewrite weightGradient(Node node) {
    if (!(node.op() instanceof Gemm gemm)) {
      return null;
    }
    GemmBiasGradient fused = new GemmBiasGradient(gemm.wide());
    if (!gemm.equals(fused.gemm())) {
      return null;
    }
    for (Node sum : uses.of(node.inputs().getFirst())) {
      if (sum.op().equals(fused.sum())) {
        List<Value> outputs = List.of(node.outputs().getFirst(), sum.outputs().getFirst());
        return new Rewrite(node, sum, Node.fused(node.scope(), fused, node.inputs(), outputs));
      }
    }
    return null;
  }

  /** L = loss(z, y), dz = gradient of the loss for dL = 1. */
  private Rewrite loss(Node node) {
    if (!(node.op() instanceof MeanLoss(var function))) {
      return null;
    }
    for (Node gradient : uses.of(node.inputs().getFirst())) {
      if (gradient.op().equals(new LossGradient(function))
          && gradient.inputs().subList(1, 3).equals(node.inputs())
          && gradient.inputs().getFirst().producer() != null
          && gradient.inputs().getFirst().producer().op() instanceof Fill(double one, var type)
          && one == 1) {
        List<Value> outputs = List.of(gradient.outputs().getFirst(), node.outputs().getFirst());
        return new Rewrite(
            node,
            gradient,
            Node.fused(node.scope(), new LossWithGradient(function), node.inputs(), outputs));
      }
    }
    return null;
  }

  /** r = the batch's rows, y = rows r of the data; r stays where it is taken otherwise. */
  private Rewrite batch(Node node) {
    if (!(node.op() instanceof GatherRows rows)) {
      return null;
    }
    Value data = node.inputs().getFirst();
    Node indices = node.inputs().get(1).producer();
    if (indices == null
        || !(indices.op() instanceof BatchIndices batch)
        || batch.samples() > data.type().shape().extent(0)) {
      return null;
    }
    List<Value> inputs = List.of(data, indices.inputs().getFirst());
    Op fused = new GatherBatch(batch, rows);
    Node gather = Node.fused(node.scope(), fused, inputs, node.outputs());
    return new Rewrite(node, indices, true, gather);
  }

  /** y = f(x), z = g(y, ...). */
  private Rewrite chain(Node node) {
    if (!(node.op() instanceof Map) || node.outputs().size() != 1) {
      return null;
    }
    Node next = onlyTaker(node.outputs().getFirst());
    Node both = next == null ? null : MapChain.of(node, next);
    return both == null ? null : new Rewrite(next, node, both);
  }

  private Node onlyTaker(Value value) {
    List<Node> takers = uses.of(value);
    return takers.size() == 1 && uses.onlyBy(takers.getFirst(), value) ? takers.getFirst() : null;
  }
}
