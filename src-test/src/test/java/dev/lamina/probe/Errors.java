package dev.lamina.probe;

import java.util.function.IntToDoubleFunction;

/** Comparisons of what a device computed. */
final class Errors {
  private Errors() {}

  /** The largest difference; the largest double where one is no number. */
  static double largest(float[] found, IntToDoubleFunction expected) {
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      double error = Math.abs(found[i] - expected.applyAsDouble(i));
      largest = Math.max(largest, Double.isNaN(error) ? Double.MAX_VALUE : error);
    }
    return largest;
  }
}
