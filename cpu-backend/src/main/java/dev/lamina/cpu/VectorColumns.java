package dev.lamina.cpu;

import static dev.lamina.cpu.Lanes.V;
import static dev.lamina.cpu.Lanes.all;
import static dev.lamina.cpu.Lanes.load;
import static dev.lamina.cpu.Lanes.rest;
import static dev.lamina.cpu.Lanes.store;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * What is done down a strip of columns, with the results in registers: two vectors of columns at a
 * time, the last columns one vector at a time under a mask.
 */
final class VectorColumns {
  private VectorColumns() {}

  /** Sets n sums to 0. */
  static void clear(MemorySegment sums, long to, int n) {
    FloatVector zero = all(0f);
    for (int j = 0; j < n; j += V) {
      store(zero, sums, to + 4L * j, rest(j, n));
    }
  }

  /** Adds each column's elements to its sum. */
  static void add(
      MemorySegment x, long at, int n, int rows, long pitch, MemorySegment sums, long to) {
    int j = 0;
    for (; j + 2 * V <= n; j += 2 * V) {
      addPair(x, at + 4L * j, rows, pitch, sums, to + 4L * j);
    }
    for (; j < n; j += V) {
      addSome(x, at + 4L * j, n - j, rows, pitch, sums, to + 4L * j);
    }
  }

  /**
   * Adds up to V columns, in a method of its own that makes the mask: else the JIT compiler keeps
   * sum and mask as objects.
   */
  private static void addSome(
      MemorySegment x, long at, int columns, int rows, long pitch, MemorySegment sums, long to) {
    VectorMask<Float> mask = rest(0, columns);
    FloatVector sum = load(sums, to, mask);
    long in = at;
    for (int i = 0; i < rows; i++, in += pitch) {
      sum = sum.add(load(x, in, mask));
    }
    store(sum, sums, to, mask);
  }

  private static void addPair(
      MemorySegment x, long at, int rows, long pitch, MemorySegment sums, long to) {
    FloatVector s0 = load(sums, to);
    FloatVector s1 = load(sums, to + 4 * V);
    long in = at;
    for (int i = 0; i < rows; i++, in += pitch) {
      s0 = s0.add(load(x, in));
      s1 = s1.add(load(x, in + 4 * V));
    }
    store(s0, sums, to);
    store(s1, sums, to + 4 * V);
  }

  /** The column maxima, NaN if any is NaN. */
  static void max(
      MemorySegment x, long at, int n, int rows, long pitch, MemorySegment results, long to) {
    for (int j = 0; j < n; j += V) {
      VectorMask<Float> mask = rest(j, n);
      long in = at + 4L * j;
      FloatVector max = all(Float.NEGATIVE_INFINITY);
      for (int i = 0; i < rows; i++, in += pitch) {
        max = max.max(load(x, in, mask));
      }
      store(max, results, to + 4L * j, mask);
    }
  }

  /** Combines the partial results of n columns from byte {@code at} on. */
  static void combine(
      boolean max,
      float scale,
      MemorySegment partials,
      MemorySegment results,
      long at,
      int n,
      long columns,
      int heights) {
    for (int j = 0; j < n; j += V) {
      VectorMask<Float> mask = rest(j, n);
      long in = at + 4L * j;
      FloatVector result = load(partials, in, mask);
      for (int i = 1; i < heights; i++) {
        FloatVector next = load(partials, in + 4 * columns * i, mask);
        result = max ? result.max(next) : result.add(next);
      }
      store(result.mul(scale), results, in, mask);
    }
  }
}
