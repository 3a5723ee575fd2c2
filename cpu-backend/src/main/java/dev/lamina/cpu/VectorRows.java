package dev.lamina.cpu;

import static dev.lamina.cpu.Lanes.F;
import static dev.lamina.cpu.Lanes.ORDER;
import static dev.lamina.cpu.Lanes.V;
import static dev.lamina.cpu.Lanes.all;
import static dev.lamina.cpu.Lanes.load;
import static dev.lamina.cpu.Lanes.rest;
import static dev.lamina.cpu.Lanes.store;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.MAX;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** What softmax, losses and reductions do with a row of n elements from a byte offset on. */
final class VectorRows {
  private VectorRows() {}

  /** The largest element, NaN if any is NaN. */
  static float max(MemorySegment x, long at, int n) {
    FloatVector m0 = all(Float.NEGATIVE_INFINITY);
    FloatVector m1 = m0;
    int i = 0;
    for (; i + 2 * V <= n; i += 2 * V) {
      m0 = m0.max(load(x, at + 4L * i));
      m1 = m1.max(load(x, at + 4L * (i + V)));
    }
    m0 = m0.max(m1);
    for (; i < n; i += V) {
      VectorMask<Float> mask = rest(i, n);
      m0 = m0.lanewise(MAX, load(x, at + 4L * i, mask), mask);
    }
    return m0.reduceLanes(MAX);
  }

  /** The sum. */
  static float sum(MemorySegment x, long at, int n) {
    FloatVector s0 = all(0f);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (; i + 4 * V <= n; i += 4 * V) {
      s0 = s0.add(load(x, at + 4L * i));
      s1 = s1.add(load(x, at + 4L * (i + V)));
      s2 = s2.add(load(x, at + 4L * (i + 2 * V)));
      s3 = s3.add(load(x, at + 4L * (i + 3 * V)));
    }
    s0 = s0.add(s1).add(s2.add(s3));
    for (; i < n; i += V) {
      s0 = s0.add(load(x, at + 4L * i, rest(i, n)));
    }
    return Lanes.sum(s0);
  }

  /** Σ x y. */
  static float dot(MemorySegment x, MemorySegment y, long at, int n) {
    FloatVector s0 = all(0f);
    FloatVector s1 = s0;
    int i = 0;
    for (; i + 2 * V <= n; i += 2 * V) {
      s0 = load(x, at + 4L * i).fma(load(y, at + 4L * i), s0);
      s1 = load(x, at + 4L * (i + V)).fma(load(y, at + 4L * (i + V)), s1);
    }
    s0 = s0.add(s1);
    for (; i < n; i += V) {
      VectorMask<Float> mask = rest(i, n);
      s0 = load(x, at + 4L * i, mask).fma(load(y, at + 4L * i, mask), s0);
    }
    return Lanes.sum(s0);
  }

  /** Σ (x − shift) y. */
  static float dotShifted(MemorySegment x, float shift, MemorySegment y, long at, int n) {
    FloatVector sum = all(0f);
    int i = 0;
    for (; i < F.loopBound(n); i += V) {
      sum = load(x, at + 4L * i).sub(shift).fma(load(y, at + 4L * i), sum);
    }
    if (i < n) {
      VectorMask<Float> mask = rest(i, n);
      FloatVector shifted = load(x, at + 4L * i, mask).sub(shift);
      sum = sum.lanewise(ADD, shifted.mul(load(y, at + 4L * i, mask)), mask);
    }
    return Lanes.sum(sum);
  }

  /** Σ e<sup>x − shift</sup>. */
  static float sumExp(MemorySegment x, float shift, long at, int n) {
    FloatVector sum = all(0f);
    int whole = F.loopBound(n);
    for (int i = 0; i < whole; i += V) {
      sum = sum.add(VectorMath.exp(load(x, at + 4L * i).sub(shift)));
    }
    float total = Lanes.sum(sum);
    return whole == n ? total : total + sumExpOfRest(x, shift, at + 4L * whole, n - whole);
  }

  private static float sumExpOfRest(MemorySegment x, float shift, long at, int n) {
    VectorMask<Float> mask = rest(0, n);
    FloatVector e = VectorMath.exp(load(x, at, mask).sub(shift));
    return Lanes.sum(all(0f).blend(e, mask));
  }

  /**
   * y = e<sup>x − shift</sup>; returns the sum, which is taken afterwards, because a loop that did
   * both would be more than the JIT compiler inlines in one loop.
   */
  static float exp(MemorySegment x, float shift, MemorySegment y, long at, int n) {
    int whole = F.loopBound(n);
    expOfWhole(x, shift, y, at, whole);
    if (whole < n) {
      expOfRest(x, shift, y, at + 4L * whole, n - whole);
    }
    return sum(y, at, n);
  }

  private static void expOfWhole(MemorySegment x, float shift, MemorySegment y, long at, int n) {
    for (int i = 0; i < n; i += V) {
      FloatVector v = load(x, at + 4L * i).sub(shift);
      VectorMath.exp(v).intoMemorySegment(y, at + 4L * i, ORDER);
    }
  }

  private static void expOfRest(MemorySegment x, float shift, MemorySegment y, long at, int n) {
    VectorMask<Float> mask = rest(0, n);
    FloatVector v = load(x, at, mask).sub(shift);
    VectorMath.exp(v).intoMemorySegment(y, at, ORDER, mask);
  }

  /** x = factor · x. */
  static void scale(MemorySegment x, float factor, long at, int n) {
    int i = 0;
    for (; i < F.loopBound(n); i += V) {
      store(load(x, at + 4L * i).mul(factor), x, at + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> mask = rest(i, n);
      store(load(x, at + 4L * i, mask).mul(factor), x, at + 4L * i, mask);
    }
  }

  /** y = (x − first) − second. */
  static void subtract(
      MemorySegment x, float first, float second, MemorySegment y, long at, int n) {
    int i = 0;
    for (; i < F.loopBound(n); i += V) {
      store(load(x, at + 4L * i).sub(first).sub(second), y, at + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> mask = rest(i, n);
      store(load(x, at + 4L * i, mask).sub(first).sub(second), y, at + 4L * i, mask);
    }
  }

  /** z = factor · z − scale · y. */
  static void combine(MemorySegment z, float factor, MemorySegment y, float scale, long at, int n) {
    int i = 0;
    for (; i < F.loopBound(n); i += V) {
      FloatVector v = load(y, at + 4L * i).mul(-scale);
      store(load(z, at + 4L * i).fma(all(factor), v), z, at + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> mask = rest(i, n);
      FloatVector v = load(y, at + 4L * i, mask).mul(-scale);
      store(load(z, at + 4L * i, mask).fma(all(factor), v), z, at + 4L * i, mask);
    }
  }

  /** z = y (d − sum). */
  static void softmaxGradient(
      MemorySegment d, MemorySegment y, float sum, MemorySegment z, long at, int n) {
    int i = 0;
    for (; i < F.loopBound(n); i += V) {
      store(load(d, at + 4L * i).sub(sum).mul(load(y, at + 4L * i)), z, at + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> mask = rest(i, n);
      FloatVector v = load(d, at + 4L * i, mask).sub(sum);
      store(v.mul(load(y, at + 4L * i, mask)), z, at + 4L * i, mask);
    }
  }

  /** z = d − e<sup>y</sup> sum. */
  static void logSoftmaxGradient(
      MemorySegment d, MemorySegment y, float sum, MemorySegment z, long at, int n) {
    int whole = F.loopBound(n);
    for (int i = 0; i < whole; i += V) {
      FloatVector p = VectorMath.exp(load(y, at + 4L * i));
      load(d, at + 4L * i).sub(p.mul(sum)).intoMemorySegment(z, at + 4L * i, ORDER);
    }
    if (whole < n) {
      logSoftmaxGradientOfRest(d, y, sum, z, at + 4L * whole, n - whole);
    }
  }

  private static void logSoftmaxGradientOfRest(
      MemorySegment d, MemorySegment y, float sum, MemorySegment z, long at, int n) {
    VectorMask<Float> mask = rest(0, n);
    FloatVector p = VectorMath.exp(load(y, at, mask));
    load(d, at, mask).sub(p.mul(sum)).intoMemorySegment(z, at, ORDER, mask);
  }

  /** x = value. */
  static void fill(MemorySegment x, float value, long at, int n) {
    FloatVector v = all(value);
    int i = 0;
    for (; i < F.loopBound(n); i += V) {
      store(v, x, at + 4L * i);
    }
    if (i < n) {
      store(v, x, at + 4L * i, rest(i, n));
    }
  }
}
