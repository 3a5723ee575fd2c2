package dev.lamina.loss;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.op.LossFunction;

/**
 * The squared error of outputs z and targets y [m, n], Σ<sub>ij</sub> (z<sub>ij</sub> −
 * y<sub>ij</sub>)², times what a convention says.
 *
 * @param convention which of the usual factors
 */
public record SquaredError(Convention convention) implements FusedLoss {
  /** By what the sum of the squares is multiplied. */
  public enum Convention {
    /** 1 / (m·n): the mean over all elements, as PyTorch's MSELoss; dz = 2 (z − y) / (m·n). */
    MEAN("mean-squared-error"),
    /** 1/2: the sum over the batch, halved; dz = z − y. Large batches make large steps. */
    HALF_SUM("half-squared-error-sum"),
    /**
     * 1 / (2m): half the mean over the samples of the sum over their outputs; dz = (z − y) / m. As
     * many textbooks have it.
     */
    HALF_MEAN("half-mean-squared-error");

    private final String label;

    Convention(String label) {
      this.label = label;
    }
  }

  /** The mean over all elements. */
  public SquaredError() {
    this(Convention.MEAN);
  }

  @Override
  public LossFunction function() {
    return LossFunction.MEAN_SQUARED_ERROR;
  }

  @Override
  public Value mean(Graph graph, Value output, Value target) {
    Value mean = FusedLoss.super.mean(graph, output, target);
    double factor = factor(output.type().shape().rows(), output.type().shape().columns());
    return factor == 1 ? mean : mean.multiply(factor);
  }

  /** The loss of m samples with n outputs each in terms of the mean over all elements. */
  private double factor(long m, long n) {
    return switch (convention) {
      case MEAN -> 1;
      case HALF_SUM -> m * n / 2.0;
      case HALF_MEAN -> n / 2.0;
    };
  }

  @Override
  public String label() {
    return convention.label;
  }
}
