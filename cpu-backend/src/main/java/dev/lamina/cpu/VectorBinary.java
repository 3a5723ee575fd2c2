package dev.lamina.cpu;

import static dev.lamina.cpu.Lanes.F;
import static dev.lamina.cpu.Lanes.V;
import static dev.lamina.cpu.Lanes.all;
import static dev.lamina.cpu.Lanes.load;
import static dev.lamina.cpu.Lanes.rest;
import static dev.lamina.cpu.Lanes.store;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;

import dev.lamina.op.Binary.Kind;
import dev.lamina.type.Shape;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Functions of two operands, with broadcasting; a loop for each, as in {@link VectorMaps}. */
final class VectorBinary {
  private VectorBinary() {}

  static Task binary(Kind kind, Buffer x, Buffer y, Buffer z) {
    Shape shape = z.type().shape();
    View xs = View.of(x.type().shape(), shape);
    View ys = View.of(y.type().shape(), shape);
    long columns = xs.isFlat(shape) && ys.isFlat(shape) ? shape.size() : shape.columns();
    MemorySegment a = x.segment();
    MemorySegment b = y.segment();
    MemorySegment c = z.segment();
    boolean repeats = xs.columnStep() == 0 || ys.columnStep() == 0;
    return Tasks.of(
        Cut.elements(shape.size()),
        (chunk, from, to) -> {
          for (long at = from; at < to; ) {
            long i = at / columns;
            long j = at % columns;
            int n = (int) Math.min(to - at, columns - j);
            long inX = 4 * xs.at(i, j);
            long inY = 4 * ys.at(i, j);
            if (!repeats) {
              combine(kind, a, inX, b, inY, c, 4 * at, n);
            } else if (xs.columnStep() == 0 && ys.columnStep() == 0) {
              // Both are single numbers, and so is the result.
              combine(kind, a, inX, b, inY, c, 4 * at, 1);
            } else if (xs.columnStep() == 0) {
              repeatFirst(kind, a, inX, b, inY, c, 4 * at, n);
            } else {
              repeatSecond(kind, a, inX, b, inY, c, 4 * at, n);
            }
            at += n;
          }
        });
  }

  /** Takes the single number at {@code inX} as the first operand of n elements. */
  private static void repeatFirst(
      Kind kind,
      MemorySegment x,
      long inX,
      MemorySegment y,
      long inY,
      MemorySegment z,
      long at,
      int n) {
    MemorySegment repeated = repeat(x, inX, n);
    for (int i = 0; i < n; i += Scratch.REPEATED) {
      int length = Math.min(Scratch.REPEATED, n - i);
      combine(kind, repeated, 0, y, inY + 4L * i, z, at + 4L * i, length);
    }
  }

  /** Takes the single number at {@code inY} as the second operand of n elements. */
  private static void repeatSecond(
      Kind kind,
      MemorySegment x,
      long inX,
      MemorySegment y,
      long inY,
      MemorySegment z,
      long at,
      int n) {
    MemorySegment repeated = repeat(y, inY, n);
    for (int i = 0; i < n; i += Scratch.REPEATED) {
      int length = Math.min(Scratch.REPEATED, n - i);
      combine(kind, x, inX + 4L * i, repeated, 0, z, at + 4L * i, length);
    }
  }

  /** The number, as often as the loops read it: it stays in the first-level cache. */
  private static MemorySegment repeat(MemorySegment x, long at, int n) {
    MemorySegment repeated = Scratch.get().repeated;
    FloatVector value = all(x.get(JAVA_FLOAT, at));
    int end = Math.min(n, Scratch.REPEATED);
    for (int i = 0; i < end; i += V) {
      store(value, repeated, 4L * i);
    }
    return repeated;
  }

  /** z = f(x, y) for n elements from the byte offsets p, q, r on. */
  private static void combine(
      Kind kind, MemorySegment x, long p, MemorySegment y, long q, MemorySegment z, long r, int n) {
    int whole = F.loopBound(n);
    switch (kind) {
      case ADD -> add(x, p, y, q, z, r, whole);
      case SUBTRACT -> subtract(x, p, y, q, z, r, whole);
      case MULTIPLY -> multiply(x, p, y, q, z, r, whole);
      case DIVIDE -> divide(x, p, y, q, z, r, whole);
      case MAXIMUM -> maximum(x, p, y, q, z, r, whole);
      case MINIMUM -> minimum(x, p, y, q, z, r, whole);
      case EQUAL -> equal(x, p, y, q, z, r, whole);
      case GREATER_EQUAL -> greaterEqual(x, p, y, q, z, r, whole);
    }
    if (whole < n) {
      VectorMask<Float> mask = rest(whole, n);
      long done = 4L * whole;
      FloatVector v = apply(kind, load(x, p + done, mask), load(y, q + done, mask));
      store(v, z, r + done, mask);
    }
  }

  private static FloatVector apply(Kind kind, FloatVector x, FloatVector y) {
    return switch (kind) {
      case ADD -> x.add(y);
      case SUBTRACT -> x.sub(y);
      case MULTIPLY -> x.mul(y);
      case DIVIDE -> x.div(y);
      case MAXIMUM -> x.max(y);
      case MINIMUM -> x.min(y);
      case EQUAL -> all(0f).blend(1f, x.compare(EQ, y));
      case GREATER_EQUAL -> all(0f).blend(1f, x.compare(GE, y));
    };
  }

  private static void add(
      MemorySegment x, long p, MemorySegment y, long q, MemorySegment z, long r, int n) {
    for (int i = 0; i < n; i += V) {
      FloatVector a = load(x, p + 4L * i);
      FloatVector b = load(y, q + 4L * i);
      store(a.add(b), z, r + 4L * i);
    }
  }

  private static void subtract(
      MemorySegment x, long p, MemorySegment y, long q, MemorySegment z, long r, int n) {
    for (int i = 0; i < n; i += V) {
      FloatVector a = load(x, p + 4L * i);
      FloatVector b = load(y, q + 4L * i);
      store(a.sub(b), z, r + 4L * i);
    }
  }

  private static void multiply(
      MemorySegment x, long p, MemorySegment y, long q, MemorySegment z, long r, int n) {
    for (int i = 0; i < n; i += V) {
      FloatVector a = load(x, p + 4L * i);
      FloatVector b = load(y, q + 4L * i);
      store(a.mul(b), z, r + 4L * i);
    }
  }

  private static void divide(
      MemorySegment x, long p, MemorySegment y, long q, MemorySegment z, long r, int n) {
    for (int i = 0; i < n; i += V) {
      FloatVector a = load(x, p + 4L * i);
      FloatVector b = load(y, q + 4L * i);
      store(a.div(b), z, r + 4L * i);
    }
  }

  private static void maximum(
      MemorySegment x, long p, MemorySegment y, long q, MemorySegment z, long r, int n) {
    for (int i = 0; i < n; i += V) {
      FloatVector a = load(x, p + 4L * i);
      FloatVector b = load(y, q + 4L * i);
      store(a.max(b), z, r + 4L * i);
    }
  }

  private static void minimum(
      MemorySegment x, long p, MemorySegment y, long q, MemorySegment z, long r, int n) {
    for (int i = 0; i < n; i += V) {
      FloatVector a = load(x, p + 4L * i);
      FloatVector b = load(y, q + 4L * i);
      store(a.min(b), z, r + 4L * i);
    }
  }

  private static void equal(
      MemorySegment x, long p, MemorySegment y, long q, MemorySegment z, long r, int n) {
    for (int i = 0; i < n; i += V) {
      FloatVector a = load(x, p + 4L * i);
      FloatVector b = load(y, q + 4L * i);
      store(all(0f).blend(1f, a.compare(EQ, b)), z, r + 4L * i);
    }
  }

  private static void greaterEqual(
      MemorySegment x, long p, MemorySegment y, long q, MemorySegment z, long r, int n) {
    for (int i = 0; i < n; i += V) {
      FloatVector a = load(x, p + 4L * i);
      FloatVector b = load(y, q + 4L * i);
      store(all(0f).blend(1f, a.compare(GE, b)), z, r + 4L * i);
    }
  }

  static Task addScaled(double alpha, double beta, Buffer x, Buffer y, Buffer z) {
    MemorySegment a = x.segment();
    MemorySegment b = y.segment();
    MemorySegment c = z.segment();
    float ofX = (float) alpha;
    float ofY = (float) beta;
    return Tasks.of(
        Cut.elements(z.type().size()),
        (chunk, from, to) -> addScaled(ofX, ofY, a, b, c, 4 * from, (int) (to - from)));
  }

  private static void addScaled(
      float alpha, float beta, MemorySegment x, MemorySegment y, MemorySegment z, long at, int n) {
    int i = 0;
    for (; i < F.loopBound(n); i += V) {
      FloatVector v = load(y, at + 4L * i).mul(beta);
      store(load(x, at + 4L * i).fma(all(alpha), v), z, at + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> mask = rest(i, n);
      FloatVector v = load(y, at + 4L * i, mask).mul(beta);
      store(load(x, at + 4L * i, mask).fma(all(alpha), v), z, at + 4L * i, mask);
    }
  }
}
