package dev.lamina.tables;

import java.util.Arrays;
import java.util.List;

/** What numbers go through before they are standardised. */
enum NumberTransform {
  /** x. */
  NONE,
  /** sign(x) · ln(1 + |x|). */
  LOG,
  /** The share of training values below x, by linear interpolation between landmarks. */
  QUANTILE;

  /** Percents. */
  private static final int LANDMARKS = 101;

  /** What {@link #apply} needs of sorted training values. */
  double[] landmarks(double[] sorted) {
    if (this != QUANTILE) {
      return new double[0];
    }
    int count = Math.min(LANDMARKS, sorted.length);
    double[] found = new double[count];
    for (int k = 0; k < count; k++) {
      double place = count == 1 ? 0 : (double) k * (sorted.length - 1) / (count - 1);
      int below = (int) place;
      int above = Math.min(below + 1, sorted.length - 1);
      // Of two equal ones no sum is taken, for it may round.
      found[k] =
          sorted[below] == sorted[above]
              ? sorted[below]
              : sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
    return found;
  }

  double apply(double x, double[] landmarks) {
    return switch (this) {
      case NONE -> x;
      case LOG -> Math.copySign(Math.log1p(Math.abs(x)), x);
      case QUANTILE -> quantile(x, landmarks);
    };
  }

  private static double quantile(double x, double[] q) {
    int last = q.length - 1;
    if (last == 0 || x < q[0]) {
      return x < q[0] ? 0 : 0.5;
    }
    if (x > q[last]) {
      return 1;
    }
    int first = first(q, x);
    if (q[first] == x) {
      int end = first;
      while (end < last && q[end + 1] == x) {
        end++;
      }
      return (first + end) / (2.0 * last);
    }
    return (first - 1 + (x - q[first - 1]) / (q[first] - q[first - 1])) / last;
  }

  /** The first landmark that is not below x. */
  private static int first(double[] q, double x) {
    int found = Arrays.binarySearch(q, x);
    if (found < 0) {
      return -found - 1;
    }
    while (found > 0 && q[found - 1] == x) {
      found--;
    }
    return found;
  }

  static double[] array(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
