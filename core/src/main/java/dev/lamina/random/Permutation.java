package dev.lamina.random;

/**
 * A pseudo-random permutation of 0..n−1 that is computed element by element and stored nowhere, so
 * that a device can shuffle without memory and without sorting: a Feistel network over the smallest
 * even number of bits that holds n, and cycle walking for numbers from n on. After Mitchell,
 * Stokes, Frank and Holmes, "Bandwidth-optimal random shuffling for GPUs" (2022).
 */
public final class Permutation {
  /** Rounds of the Feistel network. */
  public static final int ROUNDS = 12;

  private Permutation() {}

  /**
   * The image of i under the permutation of 0..n−1 that belongs to a seed and an epoch.
   *
   * <p>With h = ⌈bits(n − 1) / 2⌉ (at least 1) and x = i, repeat until the result is below n: split
   * x into L = x &gt;&gt; h and R = x mod 2<sup>h</sup>; in each of 12 rounds r take (L, R) to (R,
   * L xor (f mod 2<sup>h</sup>)) with f = mix(R + key<sub>r</sub>), key<sub>r</sub> = mix(seed low
   * xor mix(seed high xor mix(epoch xor mix(r + 1)))) and mix the 32-bit finalizer of MurmurHash3;
   * x = L · 2<sup>h</sup> + R.
   *
   * @param n how many elements are permuted, from 1
   * @param i which one, 0 to n − 1
   */
  public static int index(int seedLow, int seedHigh, int epoch, int n, int i) {
    int[] keys = new int[ROUNDS];
    keys(seedLow, seedHigh, epoch, keys);
    return index(keys, n, i);
  }

  /**
   * Computes what {@link #index(int, int, int, int, int)} needs of a seed and an epoch, for many
   * elements: the round keys.
   *
   * @param keys takes {@link #ROUNDS} keys
   */
  public static void keys(int seedLow, int seedHigh, int epoch, int[] keys) {
    for (int r = 0; r < ROUNDS; r++) {
      keys[r] = mix(seedLow ^ mix(seedHigh ^ mix(epoch ^ mix(r + 1))));
    }
  }

  /** The image of i under the permutation of 0..n−1 that belongs to round keys. */
  public static int index(int[] keys, int n, int i) {
    int bits = 32 - Integer.numberOfLeadingZeros(n - 1);
    int half = Math.max(1, (bits + 1) / 2);
    int mask = (1 << half) - 1;
    int x = i;
    do {
      int left = x >>> half;
      int right = x & mask;
      for (int r = 0; r < ROUNDS; r++) {
        int next = left ^ (mix(right + keys[r]) & mask);
        left = right;
        right = next;
      }
      x = left << half | right;
    } while (x < 0 || x >= n);
    return x;
  }

  /** MurmurHash3's 32-bit finalizer, a bijection (Appleby, public domain). */
  public static int mix(int h) {
    h ^= h >>> 16;
    h *= 0x85EBCA6B;
    h ^= h >>> 13;
    h *= 0xC2B2AE35;
    h ^= h >>> 16;
    return h;
  }
}
