package dev.lamina.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lamina.op.Clock;
import dev.lamina.random.Philox;
import java.lang.foreign.MemorySegment;

/** Random numbers from 0 to below 1, as {@link dev.lamina.formula.Node.Uniform} states them. */
final class PlainRandom {
  private PlainRandom() {}

  /** The numbers of n elements from {@code at} on. */
  static void fill(MemorySegment clock, int stream, long at, int n, int[] words, double[] to) {
    int step = clock.getAtIndex(JAVA_INT, Clock.STEP);
    long key = key(clock);
    long drawn = -1;
    for (int k = 0; k < n; k++) {
      long block = (at + k) >>> 2;
      if (block != drawn) {
        Philox.block((int) block, (int) (block >>> 32), stream, step, key, words);
        drawn = block;
      }
      to[k] = (words[(int) (at + k) & 3] >>> 8) * 0x1p-24;
    }
  }

  /** The clock's seed as a generator's key. */
  static long key(MemorySegment clock) {
    return clock.getAtIndex(JAVA_INT, Clock.SEED_LOW) & 0xFFFFFFFFL
        | (long) clock.getAtIndex(JAVA_INT, Clock.SEED_HIGH) << 32;
  }
}
