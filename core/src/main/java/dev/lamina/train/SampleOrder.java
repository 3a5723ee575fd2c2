package dev.lamina.train;

import dev.lamina.random.Permutation;

/**
 * Which sample is at which position of the endless row of epochs, as {@link
 * dev.lamina.op.BatchIndices} says it on the device.
 */
record SampleOrder(int samples, boolean shuffle, long seed) {
  /** Takes samples in order. */
  interface Taker {
    /** Takes this many samples in a row from one on. */
    void take(long position, int sample, int count);
  }

  /** Gives a taker the samples of some positions. */
  void forEach(long from, long to, Taker taker) {
    int[] keys = new int[Permutation.ROUNDS];
    for (long position = from; position < to; ) {
      long epoch = position / samples;
      long end = Math.min(to, (epoch + 1) * samples);
      int place = (int) (position % samples);
      if (shuffle) {
        Permutation.keys((int) seed, (int) (seed >>> 32), (int) epoch, keys);
        for (; position < end; position++, place++) {
          taker.take(position, Permutation.index(keys, samples, place), 1);
        }
      } else {
        taker.take(position, place, (int) (end - position));
        position = end;
      }
    }
  }
}
