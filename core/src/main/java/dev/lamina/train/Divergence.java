package dev.lamina.train;

import dev.lamina.data.Dataset;
import dev.lamina.loss.BinaryCrossEntropy;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.loss.SquaredError;

/**
 * Whether a training run went astray although every number stayed finite: the mean loss of an epoch
 * is then more than ten times both what it was in the first step and what outputs that are all 0
 * would have.
 */
final class Divergence {
  private static final double FACTOR = 10;

  private final double ofZeros;
  private double first = Double.NaN;

  /** For the training data, after preprocessing. */
  Divergence(Dataset data, Loss loss, int outputs) {
    ofZeros = ofZeros(data, loss, outputs);
  }

  /**
   * The loss where every output is 0: the same odds for all classes, or 0 for each target. Of other
   * losses it is not known, and the first step alone is what a run is measured by.
   */
  private static double ofZeros(Dataset data, Loss loss, int outputs) {
    return switch (loss) {
      case SoftmaxCrossEntropy entropy when entropy.equals(new SoftmaxCrossEntropy()) ->
          Math.log(outputs);
      case BinaryCrossEntropy _ -> Math.log(2);
      case SquaredError(SquaredError.Convention convention)
          when convention == SquaredError.Convention.MEAN ->
          data.isClassification() ? 1.0 / outputs : meanSquare(data, outputs);
      default -> 0;
    };
  }

  private static double meanSquare(Dataset data, int outputs) {
    float[] row = new float[outputs];
    double sum = 0;
    for (int i = 0; i < data.size(); i++) {
      data.copyTargets(i, row);
      for (float y : row) {
        sum += (double) y * y;
      }
    }
    return sum / data.size() / outputs;
  }

  /** Hears the mean loss of some steps, from the first step on. */
  void observe(double loss) {
    if (Double.isNaN(first)) {
      first = loss;
    }
  }

  /** Whether an epoch with this mean loss went astray. */
  boolean in(double loss) {
    return loss > FACTOR * Math.max(first, ofZeros);
  }
}
