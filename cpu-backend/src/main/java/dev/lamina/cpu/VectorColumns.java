package dev.lamina.cpu;

import static dev.lamina.cpu.Lanes.F;
import static dev.lamina.cpu.Lanes.ORDER;
import static dev.lamina.cpu.Lanes.V;
import static dev.lamina.cpu.Lanes.all;
import static dev.lamina.cpu.Lanes.load;
import static dev.lamina.cpu.Lanes.rest;
import static dev.lamina.cpu.Lanes.store;

import dev.lamina.op.Activation;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * What is done down a strip of columns, with the results in registers: two vectors of columns at a
 * time, the last columns one vector at a time under a mask.
 */
final class VectorColumns {
  private VectorColumns() {}

  /** The column sums. */
  static void sum(
      MemorySegment x, long at, int n, int rows, long pitch, MemorySegment sums, long to) {
    int j = 0;
    for (; j + 2 * V <= n; j += 2 * V) {
      sumPair(x, at + 4L * j, rows, pitch, sums, to + 4L * j);
    }
    for (; j < n; j += V) {
      VectorMask<Float> mask = rest(j, n);
      long in = at + 4L * j;
      FloatVector sum = all(0f);
      for (int i = 0; i < rows; i++, in += pitch) {
        sum = sum.add(load(x, in, mask));
      }
      store(sum, sums, to + 4L * j, mask);
    }
  }

  private static void sumPair(
      MemorySegment x, long at, int rows, long pitch, MemorySegment sums, long to) {
    FloatVector s0 = all(0f);
    FloatVector s1 = s0;
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

  /**
   * z = d ∘ φ'(y), and its column sums. Four rows are done at a time along the strip, which reads
   * and writes long pieces of memory; the sums are fetched and stored once for them.
   */
  static void gradient(
      Activation activation,
      MemorySegment d,
      MemorySegment y,
      MemorySegment z,
      long at,
      int n,
      int rows,
      long pitch,
      MemorySegment sums,
      long to) {
    int whole = F.loopBound(n);
    if (whole < n) {
      long rest = 4L * whole;
      narrow(activation, d, y, z, at + rest, rest(whole, n), rows, pitch, sums, to + rest);
    }
    for (int j = 0; j < whole; j += V) {
      store(all(0f), sums, to + 4L * j);
    }
    int i = 0;
    for (; i + 4 <= rows; i += 4) {
      long in = at + i * pitch;
      switch (activation) {
        case IDENTITY -> identity(d, z, in, whole, pitch, sums, to);
        case RELU -> relu(d, y, z, in, whole, pitch, sums, to);
        case SIGMOID -> sigmoid(d, y, z, in, whole, pitch, sums, to);
        case TANH -> tanh(d, y, z, in, whole, pitch, sums, to);
        case GELU -> gelu(d, y, z, in, whole, pitch, sums, to);
      }
    }
    for (; i < rows; i++) {
      row(activation, d, y, z, at + i * pitch, whole, sums, to);
    }
  }

  private static void row(
      Activation activation,
      MemorySegment d,
      MemorySegment y,
      MemorySegment z,
      long at,
      int n,
      MemorySegment sums,
      long to) {
    for (int j = 0; j < n; j += V) {
      long in = at + 4L * j;
      FloatVector v = apply(activation, load(d, in), load(y, in));
      store(v, z, in);
      store(load(sums, to + 4L * j).add(v), sums, to + 4L * j);
    }
  }

  private static void narrow(
      Activation activation,
      MemorySegment d,
      MemorySegment y,
      MemorySegment z,
      long at,
      VectorMask<Float> mask,
      int rows,
      long pitch,
      MemorySegment sums,
      long to) {
    FloatVector sum = all(0f);
    long in = at;
    for (int i = 0; i < rows; i++, in += pitch) {
      FloatVector v = apply(activation, load(d, in, mask), load(y, in, mask));
      store(v, z, in, mask);
      sum = sum.add(v);
    }
    store(sum, sums, to, mask);
  }

  /** d · φ'(y), or of the input in its place. */
  static FloatVector apply(Activation activation, FloatVector d, FloatVector y) {
    return switch (activation) {
      case IDENTITY -> d;
      case RELU -> VectorMath.reluGradient(d, y);
      case SIGMOID -> VectorMath.sigmoidGradient(d, y);
      case TANH -> VectorMath.tanhGradient(d, y);
      case GELU -> VectorMath.geluGradient(d, y);
    };
  }

  private static void identity(
      MemorySegment d, MemorySegment z, long at, int n, long pitch, MemorySegment sums, long to) {
    for (int j = 0; j < n; j += V) {
      long in = at + 4L * j;
      FloatVector v0 = load(d, in);
      FloatVector v1 = load(d, in + pitch);
      FloatVector v2 = load(d, in + 2 * pitch);
      FloatVector v3 = load(d, in + 3 * pitch);
      store(v0, z, in);
      store(v1, z, in + pitch);
      store(v2, z, in + 2 * pitch);
      store(v3, z, in + 3 * pitch);
      FloatVector sum = load(sums, to + 4L * j);
      store(sum.add(v0.add(v1).add(v2.add(v3))), sums, to + 4L * j);
    }
  }

  private static void relu(
      MemorySegment d,
      MemorySegment y,
      MemorySegment z,
      long at,
      int n,
      long pitch,
      MemorySegment sums,
      long to) {
    for (int j = 0; j < n; j += V) {
      long p0 = at + 4L * j;
      long p1 = p0 + pitch;
      long p2 = p1 + pitch;
      long p3 = p2 + pitch;
      FloatVector v0 = VectorMath.reluGradient(load(d, p0), load(y, p0));
      FloatVector v1 = VectorMath.reluGradient(load(d, p1), load(y, p1));
      FloatVector v2 = VectorMath.reluGradient(load(d, p2), load(y, p2));
      FloatVector v3 = VectorMath.reluGradient(load(d, p3), load(y, p3));
      store(v0, z, p0);
      store(v1, z, p1);
      store(v2, z, p2);
      store(v3, z, p3);
      FloatVector sum = load(sums, to + 4L * j);
      store(sum.add(v0.add(v1).add(v2.add(v3))), sums, to + 4L * j);
    }
  }

  private static void sigmoid(
      MemorySegment d,
      MemorySegment y,
      MemorySegment z,
      long at,
      int n,
      long pitch,
      MemorySegment sums,
      long to) {
    for (int j = 0; j < n; j += V) {
      long p0 = at + 4L * j;
      long p1 = p0 + pitch;
      long p2 = p1 + pitch;
      long p3 = p2 + pitch;
      FloatVector v0 = VectorMath.sigmoidGradient(load(d, p0), load(y, p0));
      FloatVector v1 = VectorMath.sigmoidGradient(load(d, p1), load(y, p1));
      FloatVector v2 = VectorMath.sigmoidGradient(load(d, p2), load(y, p2));
      FloatVector v3 = VectorMath.sigmoidGradient(load(d, p3), load(y, p3));
      store(v0, z, p0);
      store(v1, z, p1);
      store(v2, z, p2);
      store(v3, z, p3);
      FloatVector sum = load(sums, to + 4L * j);
      store(sum.add(v0.add(v1).add(v2.add(v3))), sums, to + 4L * j);
    }
  }

  private static void tanh(
      MemorySegment d,
      MemorySegment y,
      MemorySegment z,
      long at,
      int n,
      long pitch,
      MemorySegment sums,
      long to) {
    for (int j = 0; j < n; j += V) {
      long p0 = at + 4L * j;
      long p1 = p0 + pitch;
      long p2 = p1 + pitch;
      long p3 = p2 + pitch;
      FloatVector v0 = VectorMath.tanhGradient(load(d, p0), load(y, p0));
      FloatVector v1 = VectorMath.tanhGradient(load(d, p1), load(y, p1));
      FloatVector v2 = VectorMath.tanhGradient(load(d, p2), load(y, p2));
      FloatVector v3 = VectorMath.tanhGradient(load(d, p3), load(y, p3));
      store(v0, z, p0);
      store(v1, z, p1);
      store(v2, z, p2);
      store(v3, z, p3);
      FloatVector sum = load(sums, to + 4L * j);
      store(sum.add(v0.add(v1).add(v2.add(v3))), sums, to + 4L * j);
    }
  }

  // A row at a time, and all loads first: four of these long functions side by side, or a method of
  // ours behind one, are more than the JIT compiler inlines in one loop.
  private static void gelu(
      MemorySegment d,
      MemorySegment x,
      MemorySegment z,
      long at,
      int n,
      long pitch,
      MemorySegment sums,
      long to) {
    for (long row = at; row < at + 4 * pitch; row += pitch) {
      for (int j = 0; j < n; j += V) {
        long in = row + 4L * j;
        FloatVector sum = load(sums, to + 4L * j);
        FloatVector v = VectorMath.geluGradient(load(d, in), load(x, in));
        v.intoMemorySegment(z, in, ORDER);
        sum.add(v).intoMemorySegment(sums, to + 4L * j, ORDER);
      }
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
