package dev.lamina.cpu;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.lamina.op.Activation;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@link TileMath} in plain Java. Rows are copied through arrays, because C2 vectorises loops over
 * arrays and not those over memory segments.
 */
final class PlainTileMath implements TileMath {
  private static final int BLOCK = 512;

  /** A thread's arrays. */
  private static final class Arrays32 {
    final float[] z = new float[BLOCK];
    final float[] f = new float[BLOCK];
    final float[] sums = new float[BLOCK];
  }

  private static final class Arrays64 {
    final double[] z = new double[BLOCK];
    final double[] f = new double[BLOCK];
    final double[] sums = new double[BLOCK];
  }

  private final WorkerPool pool;
  private final Arrays32[] singles;
  private final Arrays64[] doubles;

  PlainTileMath(WorkerPool pool) {
    this.pool = pool;
    singles = new Arrays32[pool.threads()];
    Arrays.setAll(singles, i -> new Arrays32());
    doubles = new Arrays64[pool.threads()];
    Arrays.setAll(doubles, i -> new Arrays64());
  }

  @Override
  public void relu(DType dtype, MemorySegment y, long start, int rows, int columns, long stride) {
    int slot = pool.slot();
    for (int row = 0; row < rows; row++) {
      for (int j = 0; j < columns; j += BLOCK) {
        int count = Math.min(BLOCK, columns - j);
        long from = start + row * stride + j;
        if (dtype == DType.FP32) {
          reluFloats(singles[slot].z, y, from, count);
        } else {
          reluDoubles(doubles[slot].z, y, from, count);
        }
      }
    }
  }

  private static void reluFloats(float[] block, MemorySegment y, long from, int count) {
    MemorySegment.copy(y, JAVA_FLOAT, from * Float.BYTES, block, 0, count);
    for (int j = 0; j < count; j++) {
      block[j] = Math.max(0f, block[j]); // keeps NaN
    }
    MemorySegment.copy(block, 0, y, JAVA_FLOAT, from * Float.BYTES, count);
  }

  private static void reluDoubles(double[] block, MemorySegment y, long from, int count) {
    MemorySegment.copy(y, JAVA_DOUBLE, from * Double.BYTES, block, 0, count);
    for (int j = 0; j < count; j++) {
      block[j] = Math.max(0, block[j]);
    }
    MemorySegment.copy(block, 0, y, JAVA_DOUBLE, from * Double.BYTES, count);
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
    int slot = pool.slot();
    for (int j = 0; j < columns; j += BLOCK) {
      int count = Math.min(BLOCK, columns - j);
      if (dtype == DType.FP32) {
        Arrays32 own = singles[slot];
        Arrays.fill(own.sums, 0);
        for (int row = 0; row < rows; row++) {
          long at = (start + row * stride + j) * Float.BYTES;
          MemorySegment.copy(z, JAVA_FLOAT, at, own.z, 0, count);
          MemorySegment.copy(f, JAVA_FLOAT, at, own.f, 0, count);
          gradientFloats(activation, own.z, own.f, own.sums, count);
          MemorySegment.copy(own.z, 0, z, JAVA_FLOAT, at, count);
        }
        MemorySegment.copy(own.sums, 0, sums, JAVA_FLOAT, (sumStart + j) * Float.BYTES, count);
      } else {
        Arrays64 own = doubles[slot];
        Arrays.fill(own.sums, 0);
        for (int row = 0; row < rows; row++) {
          long at = (start + row * stride + j) * Double.BYTES;
          MemorySegment.copy(z, JAVA_DOUBLE, at, own.z, 0, count);
          MemorySegment.copy(f, JAVA_DOUBLE, at, own.f, 0, count);
          gradientDoubles(activation, own.z, own.f, own.sums, count);
          MemorySegment.copy(own.z, 0, z, JAVA_DOUBLE, at, count);
        }
        MemorySegment.copy(own.sums, 0, sums, JAVA_DOUBLE, (sumStart + j) * Double.BYTES, count);
      }
    }
  }

  private static void gradientFloats(
      Activation activation, float[] z, float[] f, float[] sums, int count) {
    switch (activation) {
      case IDENTITY -> {}
      case RELU -> {
        for (int j = 0; j < count; j++) {
          z[j] = f[j] > 0 ? z[j] : 0;
        }
      }
      case SIGMOID -> {
        for (int j = 0; j < count; j++) {
          z[j] *= f[j] * (1 - f[j]);
        }
      }
      case TANH -> {
        for (int j = 0; j < count; j++) {
          z[j] *= 1 - f[j] * f[j];
        }
      }
      case GELU -> {
        for (int j = 0; j < count; j++) {
          z[j] *= (float) Activation.GELU.derivative(f[j]);
        }
      }
    }
    for (int j = 0; j < count; j++) {
      sums[j] += z[j];
    }
  }

  private static void gradientDoubles(
      Activation activation, double[] z, double[] f, double[] sums, int count) {
    switch (activation) {
      case IDENTITY -> {}
      case RELU -> {
        for (int j = 0; j < count; j++) {
          z[j] = f[j] > 0 ? z[j] : 0;
        }
      }
      case SIGMOID -> {
        for (int j = 0; j < count; j++) {
          z[j] *= f[j] * (1 - f[j]);
        }
      }
      case TANH -> {
        for (int j = 0; j < count; j++) {
          z[j] *= 1 - f[j] * f[j];
        }
      }
      case GELU -> {
        for (int j = 0; j < count; j++) {
          z[j] *= Activation.GELU.derivative(f[j]);
        }
      }
    }
    for (int j = 0; j < count; j++) {
      sums[j] += z[j];
    }
  }
}
