package dev.lamina.cpu.jit;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/** What generated code for random numbers refers to. */
final class RandomSpecies {
  static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;

  /** The number of each lane. */
  static final LongVector LANE = LongVector.zero(L).addIndex(1);

  /** Pairs of the first halves of two vectors, lane by lane, and of the second halves. */
  static final LongVector FIRST = pairs(0);

  static final LongVector SECOND = pairs(L.length() / 2);

  private RandomSpecies() {}

  private static LongVector pairs(int from) {
    long[] index = new long[L.length()];
    for (int i = 0; i < index.length; i++) {
      index[i] = from + i / 2 + (i % 2) * index.length;
    }
    return LongVector.fromArray(L, index, 0);
  }
}
