package dev.lamina.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** One double for each chunk, combined in the chunks' order. */
final class Partials {
  private final MemorySegment values;
  private final int count;

  Partials(int count, Workspace workspace) {
    this.values = workspace.allocate(8L * count);
    this.count = count;
  }

  void set(int chunk, double value) {
    values.setAtIndex(ValueLayout.JAVA_DOUBLE, chunk, value);
  }

  double sum() {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
    }
    return sum;
  }

  /** The largest, NaN if any is NaN. */
  double max() {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, values.getAtIndex(ValueLayout.JAVA_DOUBLE, i));
    }
    return max;
  }
}
