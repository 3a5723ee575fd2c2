package dev.lamina.loss;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;

/**
 * The mean absolute error of outputs z and targets y [m, n]: the mean over all elements of |z − y|;
 * dz = sign(z − y) / (m·n), 0 where both are equal. As PyTorch's L1Loss.
 */
public record AbsoluteError() implements PointwiseLoss {
  static final String NAME = "mean-absolute-error";

  @Override
  public Value elements(Graph graph, Value output, Value target) {
    return output.subtract(target).abs();
  }

  @Override
  public String label() {
    return NAME;
  }
}
