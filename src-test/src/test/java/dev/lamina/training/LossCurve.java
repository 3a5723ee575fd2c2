package dev.lamina.training;

import dev.lamina.train.TrainingStep;

/** The losses of the first steps of a training run. */
final class LossCurve {
  private LossCurve() {}

  /** Runs so many steps, one by one. */
  static double[] of(TrainingStep step, int steps) {
    double[] losses = new double[steps];
    for (int i = 0; i < steps; i++) {
      step.run();
      losses[i] = step.losses().last();
    }
    return losses;
  }

  /** The largest difference of two curves in relation to the expected loss. */
  static double worst(double[] expected, double[] found) {
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs(found[i] - expected[i]) / expected[i]);
    }
    return worst;
  }
}
