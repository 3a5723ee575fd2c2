package dev.lamina.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** Vectors of floats as wide as the machine has them, and how they come from memory and return. */
final class Lanes {
  /** The machine's widest vector of floats. */
  static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

  /** How many floats a vector holds. */
  static final int V = F.length();

  /**
   * The bytes of a vector, for loops that touch several buffers. Not final on purpose: a stride
   * that the JIT compiler does not know keeps it from hoisting the bounds checks out of the loop.
   * Where it hoists those of four buffers it gets the condition wrong (JDK 25,
   * "profile_predicate"), throws the compiled loop away and compiles it anew, for minutes: Adam
   * then takes 30 ms instead of 0.3.
   */
  static long stride = 4L * V;

  static final ByteOrder ORDER = ByteOrder.nativeOrder();

  // Lane i of the shuffle by k is lane i + k, wrapped around.
  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  private Lanes() {}

  private static VectorShuffle<Float> rotation(int k) {
    return VectorShuffle.fromOp(F, i -> (i + k) % V);
  }

  /** The vector at a byte offset. */
  static FloatVector load(MemorySegment s, long at) {
    return FloatVector.fromMemorySegment(F, s, at, ORDER);
  }

  /** Some lanes of the vector at a byte offset, the others 0. */
  static FloatVector load(MemorySegment s, long at, VectorMask<Float> mask) {
    return FloatVector.fromMemorySegment(F, s, at, ORDER, mask);
  }

  static void store(FloatVector v, MemorySegment s, long at) {
    v.intoMemorySegment(s, at, ORDER);
  }

  static void store(FloatVector v, MemorySegment s, long at, VectorMask<Float> mask) {
    v.intoMemorySegment(s, at, ORDER, mask);
  }

  /** A vector whose lanes are all one number. */
  static FloatVector all(float value) {
    return FloatVector.broadcast(F, value);
  }

  /** The lanes for what is left of n elements from i on. */
  static VectorMask<Float> rest(int i, int n) {
    return F.indexInRange(i, n);
  }

  /**
   * The sum of all lanes, in a fixed order. {@code reduceLanes(ADD)} leaves the order open and
   * takes another one before the JIT compiler has seen it than after, so the same run twice would
   * give different bits.
   */
  static float sum(FloatVector v) {
    FloatVector sum = v;
    if (V >= 16) {
      sum = sum.add(sum.rearrange(BY_8));
    }
    if (V >= 8) {
      sum = sum.add(sum.rearrange(BY_4));
    }
    if (V >= 4) {
      sum = sum.add(sum.rearrange(BY_2));
    }
    if (V >= 2) {
      sum = sum.add(sum.rearrange(BY_1));
    }
    return sum.lane(0);
  }
}
