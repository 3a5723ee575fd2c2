package dev.lamina.cpu;

import static dev.lamina.cpu.Lanes.ORDER;
import static dev.lamina.cpu.Lanes.V;
import static dev.lamina.cpu.Lanes.load;
import static dev.lamina.cpu.Lanes.rest;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.lamina.op.Clock;
import dev.lamina.op.Dropout;
import dev.lamina.random.Philox;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dropout with the random words of {@link Philox}, a block in each lane of a long vector: the
 * algorithm multiplies 32-bit words to 64-bit products, which is one instruction there. Words are
 * the low halves of the lanes; what the high halves hold does not matter and is never cleared.
 */
final class VectorDropout {
  private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;

  /** How many blocks are drawn at a time: half as many as floats fit in a vector. */
  private static final int BLOCKS = L.length();

  private static final long LOW = 0xFFFFFFFFL;

  private static final LongVector LANE = LongVector.zero(L).addIndex(1);

  /** Pairs of the first halves of two vectors, lane by lane, and of the second halves. */
  private static final LongVector FIRST = pairs(0);

  private static final LongVector SECOND = pairs(BLOCKS / 2);

  private VectorDropout() {}

  private static LongVector pairs(int from) {
    long[] index = new long[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
      index[i] = from + i / 2 + (i % 2) * BLOCKS;
    }
    return LongVector.fromArray(L, index, 0);
  }

  static Task dropout(Dropout op, Buffer x, Buffer clock, Buffer y) {
    MemorySegment in = x.segment();
    MemorySegment out = y.segment();
    MemorySegment state = clock.segment();
    float scale = (float) op.scale();
    int threshold = op.threshold();
    int stream = op.stream();
    return Tasks.of(
        Cut.elements(x.type().size()),
        (chunk, from, to) -> {
          long key = PlainData.key(state);
          int step = state.getAtIndex(ValueLayout.JAVA_INT, Clock.STEP);
          long c = stream & LOW | (long) step << 32;
          drop(in, out, from, (int) (to - from), key, c, threshold, scale);
        });
  }

  /** Drops some of n elements from number {@code at} on, a multiple of a chunk. */
  private static void drop(
      MemorySegment x,
      MemorySegment y,
      long at,
      int n,
      long key,
      long c,
      int threshold,
      float scale) {
    for (int i = 0; i < n; i += 2 * V) {
      // Chunks start at multiples of 2¹⁴, so the high word is the same for all lanes.
      long block = (at + i) >>> 2;
      LongVector c0 = LANE.add(block & LOW);
      LongVector c1 = LongVector.broadcast(L, block >>> 32);
      LongVector c2 = LongVector.broadcast(L, c & LOW);
      LongVector c3 = LongVector.broadcast(L, c >>> 32);
      LongVector k0 = LongVector.broadcast(L, key & LOW);
      LongVector k1 = LongVector.broadcast(L, key >>> 32);
      for (int round = 0; round < Philox.ROUNDS; round++) {
        LongVector p0 = c0.and(LOW).mul(Philox.M0 & LOW);
        LongVector p1 = c2.and(LOW).mul(Philox.M1 & LOW);
        c0 = p1.lanewise(LSHR, 32).lanewise(XOR, c1).lanewise(XOR, k0);
        c2 = p0.lanewise(LSHR, 32).lanewise(XOR, c3).lanewise(XOR, k1);
        c1 = p1;
        c3 = p0;
        k0 = k0.add(Philox.W0);
        k1 = k1.add(Philox.W1);
      }
      LongVector low = c0.and(LOW).or(c1.lanewise(LSHL, 32));
      LongVector high = c2.and(LOW).or(c3.lanewise(LSHL, 32));
      long in = 4 * (at + i);
      drop(FIRST.selectFrom(low, high), x, y, in, n - i, threshold, scale);
      drop(SECOND.selectFrom(low, high), x, y, in + 4 * V, n - i - V, threshold, scale);
    }
  }

  /** Drops the elements of one vector, of which n are left. */
  private static void drop(
      LongVector words,
      MemorySegment x,
      MemorySegment y,
      long at,
      int n,
      int threshold,
      float scale) {
    // Zeros are put in as integers, because a mask turned from integers to floats is allocated.
    IntVector numbers = words.reinterpretAsInts().lanewise(LSHR, 8);
    VectorMask<Integer> dropped = numbers.compare(LT, threshold);
    if (n >= V) {
      IntVector scaled = load(x, at).mul(scale).reinterpretAsInts();
      scaled.blend(0, dropped).reinterpretAsFloats().intoMemorySegment(y, at, ORDER);
    } else if (n > 0) {
      VectorMask<Float> mask = rest(0, n);
      IntVector scaled = load(x, at, mask).mul(scale).reinterpretAsInts();
      scaled.blend(0, dropped).reinterpretAsFloats().intoMemorySegment(y, at, ORDER, mask);
    }
  }
}
