package dev.lamina.cpu;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.lamina.op.Activation;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link TileMath} with the Vector API. */
final class VectorTileMath implements TileMath {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final long WIDTH = F.vectorByteSize();
  private static final int STRIP = 4 * F.length();
  private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;

  @Override
  public void relu(DType dtype, MemorySegment y, long start, int rows, int columns, long stride) {
    for (int row = 0; row < rows; row++) {
      long from = start + row * stride;
      if (dtype == DType.FP32) {
        reluFloats(y, from, columns);
      } else {
        reluDoubles(y, from, columns);
      }
    }
  }

  private static void reluFloats(MemorySegment y, long from, int count) {
    int whole = F.loopBound(count);
    for (int j = 0; j < whole; j += F.length()) {
      long at = (from + j) * Float.BYTES;
      FloatVector v = FloatVector.fromMemorySegment(F, y, at, ORDER);
      v.max(0f).intoMemorySegment(y, at, ORDER); // max keeps NaN
    }
    if (whole < count) {
      VectorMask<Float> mask = F.indexInRange(whole, count);
      long at = (from + whole) * Float.BYTES;
      FloatVector v = FloatVector.fromMemorySegment(F, y, at, ORDER, mask);
      v.max(0f).intoMemorySegment(y, at, ORDER, mask);
    }
  }

  private static void reluDoubles(MemorySegment y, long from, int count) {
    int whole = D.loopBound(count);
    for (int j = 0; j < whole; j += D.length()) {
      long at = (from + j) * Double.BYTES;
      DoubleVector v = DoubleVector.fromMemorySegment(D, y, at, ORDER);
      v.max(0).intoMemorySegment(y, at, ORDER);
    }
    if (whole < count) {
      VectorMask<Double> mask = D.indexInRange(whole, count);
      long at = (from + whole) * Double.BYTES;
      DoubleVector v = DoubleVector.fromMemorySegment(D, y, at, ORDER, mask);
      v.max(0).intoMemorySegment(y, at, ORDER, mask);
    }
  }

  @Override
  public void gradient(
      DType dtype,
      Activation activation,
      MemorySegment z,
      MemorySegment f,
      long start,
      int rows,
      int columns,
      long stride,
      MemorySegment sums,
      long sumStart) {
    if (activation == Activation.GELU) {
      gelu(dtype, z, f, start, rows, columns, stride, sums, sumStart);
      return;
    }
    // A few columns after the other, so that the sums stay in registers; the tile is warm.
    int lanes = dtype == DType.FP32 ? F.length() : D.length();
    int j = 0;
    if (dtype == DType.FP32 && activation == Activation.RELU) {
      for (; j + STRIP <= columns; j += STRIP) {
        reluStrip(z, f, start + j, rows, stride, sums, sumStart + j);
      }
    }
    for (; j < columns; j += lanes) {
      int width = Math.min(lanes, columns - j);
      if (dtype == DType.FP32) {
        gradientFloats(activation, z, f, start + j, rows, width, stride, sums, sumStart + j);
      } else {
        gradientDoubles(activation, z, f, start + j, rows, width, stride, sums, sumStart + j);
      }
    }
  }

  /** The most frequent case, on four vectors side by side. */
  private static void reluStrip(
      MemorySegment z,
      MemorySegment f,
      long start,
      int rows,
      long stride,
      MemorySegment sums,
      long sumStart) {
    FloatVector sum0 = FloatVector.zero(F);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    for (int row = 0; row < rows; row++) {
      long at = (start + row * stride) * Float.BYTES;
      sum0 = sum0.add(reluGradient(z, f, at));
      sum1 = sum1.add(reluGradient(z, f, at + WIDTH));
      sum2 = sum2.add(reluGradient(z, f, at + 2 * WIDTH));
      sum3 = sum3.add(reluGradient(z, f, at + 3 * WIDTH));
    }
    long at = sumStart * Float.BYTES;
    sum0.intoMemorySegment(sums, at, ORDER);
    sum1.intoMemorySegment(sums, at + WIDTH, ORDER);
    sum2.intoMemorySegment(sums, at + 2 * WIDTH, ORDER);
    sum3.intoMemorySegment(sums, at + 3 * WIDTH, ORDER);
  }

  private static FloatVector reluGradient(MemorySegment z, MemorySegment f, long at) {
    FloatVector y = FloatVector.fromMemorySegment(F, f, at, ORDER);
    FloatVector v = FloatVector.fromMemorySegment(F, z, at, ORDER);
    FloatVector kept = FloatVector.zero(F).blend(v, y.compare(VectorOperators.GT, 0f));
    kept.intoMemorySegment(z, at, ORDER);
    return kept;
  }

  // Apart, because the JIT compiler does not inline a function this long among others.
  private static void gelu(
      DType dtype,
      MemorySegment z,
      MemorySegment x,
      long start,
      int rows,
      int columns,
      long stride,
      MemorySegment sums,
      long sumStart) {
    if (dtype == DType.FP64) {
      geluDoubles(z, x, start, rows, columns, stride, sums, sumStart);
      return;
    }
    for (int j = 0; j < columns; j += F.length()) {
      int width = Math.min(F.length(), columns - j);
      geluFloats(z, x, start + j, rows, width, stride, sums, sumStart + j);
    }
  }

  private static void geluFloats(
      MemorySegment z,
      MemorySegment x,
      long start,
      int rows,
      int width,
      long stride,
      MemorySegment sums,
      long sumStart) {
    FloatVector sum = FloatVector.zero(F);
    VectorMask<Float> mask = F.indexInRange(0, width);
    for (int row = 0; row < rows; row++) {
      long at = (start + row * stride) * Float.BYTES;
      FloatVector d = FloatVector.fromMemorySegment(F, z, at, ORDER, mask);
      FloatVector v =
          VectorMath.geluGradient(d, FloatVector.fromMemorySegment(F, x, at, ORDER, mask));
      v.intoMemorySegment(z, at, ORDER, mask);
      sum = sum.add(v);
    }
    sum.intoMemorySegment(sums, sumStart * Float.BYTES, ORDER, mask);
  }

  /** Not in vectors: FP64 is for checks, and {@link VectorMath} has no exponential of doubles. */
  private static void geluDoubles(
      MemorySegment z,
      MemorySegment x,
      long start,
      int rows,
      int width,
      long stride,
      MemorySegment sums,
      long sumStart) {
    for (int j = 0; j < width; j++) {
      double sum = 0;
      for (int row = 0; row < rows; row++) {
        long at = start + row * stride + j;
        double v =
            z.getAtIndex(JAVA_DOUBLE, at)
                * Activation.GELU.derivative(x.getAtIndex(JAVA_DOUBLE, at));
        z.setAtIndex(JAVA_DOUBLE, at, v);
        sum += v;
      }
      sums.setAtIndex(JAVA_DOUBLE, sumStart + j, sum);
    }
  }

  private static void gradientFloats(
      Activation activation,
      MemorySegment z,
      MemorySegment f,
      long start,
      int rows,
      int width,
      long stride,
      MemorySegment sums,
      long sumStart) {
    FloatVector sum = FloatVector.zero(F);
    VectorMask<Float> mask = F.indexInRange(0, width);
    for (int row = 0; row < rows; row++) {
      long at = (start + row * stride) * Float.BYTES;
      FloatVector y = FloatVector.fromMemorySegment(F, f, at, ORDER, mask);
      FloatVector v = FloatVector.fromMemorySegment(F, z, at, ORDER, mask);
      FloatVector scaled =
          switch (activation) {
            case IDENTITY -> v;
            case RELU -> FloatVector.zero(F).blend(v, y.compare(VectorOperators.GT, 0f));
            case SIGMOID -> v.mul(y.mul(FloatVector.broadcast(F, 1f).sub(y)));
            case TANH -> v.mul(FloatVector.broadcast(F, 1f).sub(y.mul(y)));
            case GELU -> throw new IllegalArgumentException(activation.label());
          };
      scaled.intoMemorySegment(z, at, ORDER, mask);
      sum = sum.add(scaled);
    }
    sum.intoMemorySegment(sums, sumStart * Float.BYTES, ORDER, mask);
  }

  private static void gradientDoubles(
      Activation activation,
      MemorySegment z,
      MemorySegment f,
      long start,
      int rows,
      int width,
      long stride,
      MemorySegment sums,
      long sumStart) {
    DoubleVector sum = DoubleVector.zero(D);
    VectorMask<Double> mask = D.indexInRange(0, width);
    for (int row = 0; row < rows; row++) {
      long at = (start + row * stride) * Double.BYTES;
      DoubleVector y = DoubleVector.fromMemorySegment(D, f, at, ORDER, mask);
      DoubleVector v = DoubleVector.fromMemorySegment(D, z, at, ORDER, mask);
      DoubleVector scaled =
          switch (activation) {
            case IDENTITY -> v;
            case RELU -> DoubleVector.zero(D).blend(v, y.compare(VectorOperators.GT, 0));
            case SIGMOID -> v.mul(y.mul(DoubleVector.broadcast(D, 1).sub(y)));
            case TANH -> v.mul(DoubleVector.broadcast(D, 1).sub(y.mul(y)));
            case GELU -> throw new IllegalArgumentException(activation.label());
          };
      scaled.intoMemorySegment(z, at, ORDER, mask);
      sum = sum.add(scaled);
    }
    sum.intoMemorySegment(sums, sumStart * Double.BYTES, ORDER, mask);
  }
}
