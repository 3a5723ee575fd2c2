package dev.lamina.cpu;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;

/**
 * Blocks of elements converted to floats and back, through arrays: loops over arrays are vectorised
 * by the JIT compiler. One per thread.
 */
final class FloatBlocks {
  private static final int BLOCK = Frame.BLOCK;
  private static final ThreadLocal<FloatBlocks> LOCAL = ThreadLocal.withInitial(FloatBlocks::new);

  private final int[] bits = new int[BLOCK];
  private final float[] floats = new float[BLOCK];
  private final double[] doubles = new double[BLOCK];
  private final short[] halves = new short[BLOCK];
  private final byte[] bytes = new byte[BLOCK];

  private FloatBlocks() {}

  static FloatBlocks get() {
    return LOCAL.get();
  }

  /** Copies n elements from position {@code at} on to byte {@code place} of a block of floats. */
  void load(Buffer x, long at, int n, MemorySegment to, long place) {
    MemorySegment s = x.segment();
    switch (x.type().dtype()) {
      case FP32 -> MemorySegment.copy(s, 4 * at, to, place, 4L * n);
      case BF16 -> {
        MemorySegment.copy(s, JAVA_SHORT, 2 * at, halves, 0, n);
        for (int i = 0; i < n; i++) {
          bits[i] = halves[i] << 16;
        }
        MemorySegment.copy(bits, 0, to, JAVA_INT, place, n);
      }
      case FP64 -> {
        MemorySegment.copy(s, JAVA_DOUBLE, 8 * at, doubles, 0, n);
        store(doubles, n, to, place);
      }
      case INT32 -> {
        MemorySegment.copy(s, JAVA_INT, 4 * at, bits, 0, n);
        for (int i = 0; i < n; i++) {
          floats[i] = bits[i];
        }
        MemorySegment.copy(floats, 0, to, JAVA_FLOAT, place, n);
      }
      case UINT8 -> {
        MemorySegment.copy(s, JAVA_BYTE, at, bytes, 0, n);
        for (int i = 0; i < n; i++) {
          floats[i] = bytes[i] & 0xFF;
        }
        MemorySegment.copy(floats, 0, to, JAVA_FLOAT, place, n);
      }
    }
  }

  /** Copies n numbers to byte {@code place} of a block. */
  void store(double[] from, int n, MemorySegment to, long place) {
    for (int i = 0; i < n; i++) {
      floats[i] = (float) from[i];
    }
    MemorySegment.copy(floats, 0, to, JAVA_FLOAT, place, n);
  }

  /** Room for a block of doubles. */
  double[] doubles() {
    return doubles;
  }

  /** Copies n floats from the start of a block to position {@code at} on, as Java casts do. */
  void store(MemorySegment from, int n, Buffer y, long at) {
    MemorySegment s = y.segment();
    if (y.type().dtype() == DType.BF16) {
      MemorySegment.copy(from, JAVA_INT, 0, bits, 0, n);
      for (int i = 0; i < n; i++) {
        halves[i] = half(bits[i]);
      }
      MemorySegment.copy(halves, 0, s, JAVA_SHORT, 2 * at, n);
      return;
    }
    MemorySegment.copy(from, JAVA_FLOAT, 0, floats, 0, n);
    switch (y.type().dtype()) {
      case FP32 -> MemorySegment.copy(floats, 0, s, JAVA_FLOAT, 4 * at, n);
      case UINT8 -> {
        for (int i = 0; i < n; i++) {
          bytes[i] = (byte) Math.max(0, Math.min(255, (int) floats[i]));
        }
        MemorySegment.copy(bytes, 0, s, JAVA_BYTE, at, n);
      }
      case BF16, FP64, INT32 -> throw new IllegalArgumentException(y.type().toString());
    }
  }

  /** {@link dev.lamina.type.BFloat16#of(float)} without a branch. */
  private static short half(int bits) {
    int rounded = bits + 0x7FFF + (bits >>> 16 & 1) >>> 16;
    int nan = 0x7F800000 - (bits & 0x7FFFFFFF) >> 31;
    return (short) (rounded & ~nan | 0x7FC0 & nan);
  }
}
