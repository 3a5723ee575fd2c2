package dev.lamina.train;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.op.Reduce;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Keeps gradients small, in place, after all of them are there. */
final class Clipping {
  /** As PyTorch's {@code clip_grad_norm_} has it, against division by 0. */
  private static final double EPSILON = 1e-6;

  private final Graph graph;
  private final StepVariables variables;

  Clipping(Graph graph, StepVariables variables) {
    this.graph = graph;
    this.variables = variables;
  }

  /** First by value, then by norm, as far as is asked for. */
  void clip(TrainingOptions options) {
    if (Double.isFinite(options.clipValue())) {
      Value highest = graph.constant(options.clipValue(), variables.gradients.type().dtype());
      Value lowest = graph.constant(-options.clipValue(), variables.gradients.type().dtype());
      change(gradients -> gradients.maximum(lowest).minimum(highest));
    }
    if (Double.isFinite(options.clipNorm())) {
      Value factor = factor(options.clipNorm());
      change(gradients -> gradients.multiply(factor));
    }
  }

  private void change(UnaryOperator<Value> change) {
    for (ParameterPieces.Piece piece : variables.pieces) {
      Value changed = change.apply(gradients(piece.offset(), piece.size()));
      graph.place(changed, variables.gradients, piece.offset());
    }
  }

  /**
   * min(1, c / (norm + ε)), and NaN where the norm is NaN or infinite, so that no parameter is
   * changed by gradients of which one is not finite.
   */
  private Value factor(double c) {
    Value norm = squares().sqrt().add(EPSILON);
    Value one = norm.divide(norm);
    return norm.reciprocal().multiply(c).minimum(one);
  }

  /** The sum of the squares of all gradients. */
  private Value squares() {
    List<Value> parts = new ArrayList<>();
    variables.eachBlock(
        (offset, type) -> parts.add(gradients(offset, type.size()).square().sum(Reduce.Axis.ALL)));
    return parts.stream().reduce(Value::add).orElseThrow();
  }

  private Value gradients(long offset, long size) {
    TensorType type = TensorType.of(variables.gradients.type().dtype(), size);
    return graph.view(null, variables.gradients, offset, type);
  }
}
