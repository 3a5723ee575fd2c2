package dev.lamina.benchmarks.compare;

import dev.lamina.LaminaException;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Both sides on one problem, round by round.
 *
 * @param problem what they trained
 * @param ours our measurement of each round
 * @param theirs the yardstick's measurement of each round
 */
record Comparison(Problem problem, List<Measurement> ours, List<Measurement> theirs) {
  /** The first loss comes from one forward pass: only the order of additions may differ. */
  static final double FIRST_LOSS_TOLERANCE = 1e-5;

  /**
   * Adam divides by the gradient's own size, so that what is rounding in a tiny gradient is a
   * visible difference in the update. Over the first ten steps that stays below a thousandth;
   * later, near the end of overfitting one batch, large models are chaotic.
   */
  static final double LOSS_TOLERANCE = 1e-3;

  /**
   * Whether two contenders compute the same thing, before anyone asks who is faster.
   *
   * @throws LaminaException where their losses differ by more than rounding
   */
  static void requireSameLosses(Problem problem, Measurement ours, Measurement theirs) {
    for (int i = 0; i < Math.min(ours.losses().length, theirs.losses().length); i++) {
      double a = ours.losses()[i];
      double b = theirs.losses()[i];
      double tolerance = i == 0 ? FIRST_LOSS_TOLERANCE : LOSS_TOLERANCE;
      // Relative to the first loss: near zero a relative difference says nothing.
      double difference = Math.abs(a - b) / Math.max(Math.abs(theirs.losses()[0]), 1e-12);
      if (!(difference <= tolerance)) {
        throw new LaminaException(
            "comparison on %s: the losses of step %d differ, %s has %.7g and %s has %.7g (allowed: %.0e of the first loss); they do not compute the same step"
                .formatted(problem, i + 1, ours.name(), a, theirs.name(), b, tolerance));
      }
    }
  }

  /** How many times faster we are in a round, by the medians of that round. */
  double ratio(int round) {
    return theirs.get(round).medianMilliseconds() / ours.get(round).medianMilliseconds();
  }

  /** The median of the rounds' ratios. */
  double ratio() {
    double[] ratios = new double[ours.size()];
    Arrays.setAll(ratios, this::ratio);
    return median(ratios);
  }

  static double medianMilliseconds(List<Measurement> rounds) {
    return median(values(rounds, Measurement::medianMilliseconds));
  }

  static double minimumMilliseconds(List<Measurement> rounds) {
    return Arrays.stream(values(rounds, Measurement::minimumMilliseconds)).min().orElseThrow();
  }

  static double peakMebibytes(List<Measurement> rounds) {
    return Arrays.stream(values(rounds, m -> m.peakResidentBytes() / 0x1p20)).max().orElseThrow();
  }

  private static double[] values(List<Measurement> rounds, ToDoubleFunction<Measurement> value) {
    return rounds.stream().mapToDouble(value).toArray();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
