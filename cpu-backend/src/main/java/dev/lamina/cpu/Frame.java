package dev.lamina.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** What a thread hands to kernels. One per thread; it grows and is then reused. */
final class Frame {
  /** How many elements are converted at a time. */
  static final int BLOCK = 1024;

  private static final ThreadLocal<Frame> LOCAL = ThreadLocal.withInitial(Frame::new);

  MemorySegment[] segments = new MemorySegment[0];
  long[] starts = new long[0];
  private double[] scalars = new double[0];
  private MemorySegment[] floats = new MemorySegment[0];
  private double[][] doubles = new double[0][];

  private Frame() {}

  static Frame get() {
    return LOCAL.get();
  }

  /** At least so many numbers. */
  double[] scalars(int count) {
    if (scalars.length < count) {
      scalars = new double[count];
    }
    return scalars;
  }

  /** Makes room for the places of so many streams. */
  void streams(int count) {
    if (starts.length < count) {
      starts = new long[count];
      segments = new MemorySegment[count];
    }
  }

  /** Room for a block of floats. */
  MemorySegment floats(int number) {
    if (floats.length <= number) {
      int old = floats.length;
      floats = Arrays.copyOf(floats, number + 1);
      for (int i = old; i <= number; i++) {
        floats[i] = Arena.ofAuto().allocate(Float.BYTES * BLOCK, 64);
      }
    }
    return floats[number];
  }

  /** Arrays for blocks of doubles. */
  double[][] doubles(int count) {
    if (doubles.length < count) {
      int old = doubles.length;
      doubles = Arrays.copyOf(doubles, count);
      for (int i = old; i < count; i++) {
        doubles[i] = new double[BLOCK];
      }
    }
    return doubles;
  }
}
