package dev.lamina.data;

import dev.lamina.random.Philox;

/** Random numbers one after the other, of which each is a function of a seed and a place. */
final class PhiloxStream {
  private final int[] words = new int[4];
  private long seed;
  private int stream;
  private long place;
  private int block;
  private int next;

  /** Starts anew at a place of a stream. */
  void start(long seed, int stream, long place) {
    this.seed = seed;
    this.stream = stream;
    this.place = place;
    block = 0;
    next = 4;
  }

  /** 32 random bits. */
  int bits() {
    if (next == 4) {
      Philox.block(block++, (int) place, (int) (place >>> 32), stream, seed, words);
      next = 0;
    }
    return words[next++];
  }

  /** Uniform from low to high. */
  float uniform(float low, float high) {
    return low + (high - low) * ((bits() >>> 8) * 0x1p-24f);
  }

  /** Uniform among 0 to n − 1. */
  int below(int n) {
    return (int) ((bits() & 0xFFFFFFFFL) * n >>> 32);
  }

  /** Nearly normal with mean 0 and variance 1, from −3.5 to 3.5: four uniform numbers added up. */
  float normal() {
    int a = bits();
    int b = bits();
    int sum = (a >>> 16) + (a & 0xFFFF) + (b >>> 16) + (b & 0xFFFF);
    return (sum * 0x1p-16f - 2) * 1.7320508f;
  }
}
