package dev.lamina.cpu;

import dev.lamina.type.BFloat16;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A thread's arrays to compute in. Plain loops over arrays are vectorised by the JIT compiler,
 * loops over memory segments run ten times slower; so blocks of elements are copied here, converted
 * to double, computed and copied back.
 *
 * <p>One per thread, made when first needed; it grows to the longest row and is then reused. It
 * holds nothing between two uses.
 */
final class Scratch {
  /** How many elements are computed at a time: the arrays stay in the second-level cache. */
  static final int BLOCK = 4096;

  private static final ThreadLocal<Scratch> LOCAL = ThreadLocal.withInitial(Scratch::new);

  double[] a = new double[BLOCK];
  double[] b = new double[BLOCK];
  double[] c = new double[BLOCK];
  double[] d = new double[BLOCK];

  /** Four words of a random block. */
  final int[] words = new int[4];

  /** Integers: class numbers, positions, keys. */
  int[] ints = new int[BLOCK];

  private float[] floats = new float[BLOCK];
  private short[] halves = new short[BLOCK];
  private int[] integers = new int[BLOCK];
  private byte[] bytes = new byte[BLOCK];

  private Scratch() {}

  /** This thread's arrays, of at least {@link #BLOCK} elements. */
  static Scratch get() {
    return LOCAL.get();
  }

  /** This thread's arrays, of at least so many elements. */
  static Scratch get(long length) {
    Scratch s = LOCAL.get();
    if (s.a.length < length) {
      s.grow(Math.toIntExact(length));
    }
    return s;
  }

  private void grow(int length) {
    a = new double[length];
    b = new double[length];
    c = new double[length];
    d = new double[length];
    ints = new int[length];
    floats = new float[length];
    halves = new short[length];
    integers = new int[length];
    bytes = new byte[length];
  }

  /** Copies n elements from position {@code at} on to {@code to}, converted to double. */
  void load(Buffer x, long at, int n, double[] to) {
    MemorySegment s = x.segment();
    switch (x.type().dtype()) {
      case FP64 -> MemorySegment.copy(s, ValueLayout.JAVA_DOUBLE, 8 * at, to, 0, n);
      case FP32 -> {
        float[] from = floats;
        MemorySegment.copy(s, ValueLayout.JAVA_FLOAT, 4 * at, from, 0, n);
        for (int i = 0; i < n; i++) {
          to[i] = from[i];
        }
      }
      case BF16 -> {
        short[] from = halves;
        MemorySegment.copy(s, ValueLayout.JAVA_SHORT, 2 * at, from, 0, n);
        for (int i = 0; i < n; i++) {
          to[i] = BFloat16.toFloat(from[i]);
        }
      }
      case INT32 -> {
        int[] from = integers;
        MemorySegment.copy(s, ValueLayout.JAVA_INT, 4 * at, from, 0, n);
        for (int i = 0; i < n; i++) {
          to[i] = from[i];
        }
      }
      case UINT8 -> {
        byte[] from = bytes;
        MemorySegment.copy(s, ValueLayout.JAVA_BYTE, at, from, 0, n);
        for (int i = 0; i < n; i++) {
          to[i] = from[i] & 0xFF;
        }
      }
    }
  }

  /** Copies n elements of {@code from} to position {@code at} on, converted as Java casts do. */
  void store(double[] from, int n, Buffer y, long at) {
    MemorySegment s = y.segment();
    switch (y.type().dtype()) {
      case FP64 -> MemorySegment.copy(from, 0, s, ValueLayout.JAVA_DOUBLE, 8 * at, n);
      case FP32 -> {
        float[] to = floats;
        for (int i = 0; i < n; i++) {
          to[i] = (float) from[i];
        }
        MemorySegment.copy(to, 0, s, ValueLayout.JAVA_FLOAT, 4 * at, n);
      }
      case BF16 -> {
        short[] to = halves;
        for (int i = 0; i < n; i++) {
          to[i] = BFloat16.of(from[i]);
        }
        MemorySegment.copy(to, 0, s, ValueLayout.JAVA_SHORT, 2 * at, n);
      }
      case INT32 -> {
        int[] to = integers;
        for (int i = 0; i < n; i++) {
          to[i] = (int) from[i];
        }
        MemorySegment.copy(to, 0, s, ValueLayout.JAVA_INT, 4 * at, n);
      }
      case UINT8 -> {
        byte[] to = bytes;
        for (int i = 0; i < n; i++) {
          to[i] = (byte) Math.max(0, Math.min(255, (int) from[i]));
        }
        MemorySegment.copy(to, 0, s, ValueLayout.JAVA_BYTE, at, n);
      }
    }
  }

  /** Copies n integers from position {@code at} on to {@link #ints}. */
  void loadInts(Buffer x, long at, int n) {
    MemorySegment.copy(x.segment(), ValueLayout.JAVA_INT, 4 * at, ints, 0, n);
  }

  /** One element. */
  static double get(Buffer x, long at) {
    return switch (x.type().dtype()) {
      case FP64 -> x.segment().getAtIndex(ValueLayout.JAVA_DOUBLE, at);
      case FP32 -> x.segment().getAtIndex(ValueLayout.JAVA_FLOAT, at);
      case BF16 -> BFloat16.toFloat(x.segment().getAtIndex(ValueLayout.JAVA_SHORT, at));
      case INT32 -> x.segment().getAtIndex(ValueLayout.JAVA_INT, at);
      case UINT8 -> x.segment().get(ValueLayout.JAVA_BYTE, at) & 0xFF;
    };
  }

  /** Sets one element of a floating type or of INT32. */
  static void set(Buffer x, long at, double value) {
    switch (x.type().dtype()) {
      case FP64 -> x.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, at, value);
      case FP32 -> x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) value);
      case BF16 -> x.segment().setAtIndex(ValueLayout.JAVA_SHORT, at, BFloat16.of(value));
      case INT32 -> x.segment().setAtIndex(ValueLayout.JAVA_INT, at, (int) value);
      case UINT8 -> throw new IllegalArgumentException(x.type().toString());
    }
  }
}
