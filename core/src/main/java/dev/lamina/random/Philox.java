package dev.lamina.random;

/**
 * Philox 4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3" (SC 2011): a pure function of a 128-bit counter and a 64-bit key. No
 * state, so any number can be drawn by any thread or device.
 */
public final class Philox {
  /** Multiplier of words 0 and 1. */
  public static final int M0 = 0xD2511F53;

  /** Multiplier of words 2 and 3. */
  public static final int M1 = 0xCD9E8D57;

  /** What the key's low word grows by in each round (the golden ratio). */
  public static final int W0 = 0x9E3779B9;

  /** What the key's high word grows by in each round (√3 − 1). */
  public static final int W1 = 0xBB67AE85;

  /** The number of rounds. */
  public static final int ROUNDS = 10;

  private Philox() {}

  /**
   * Writes the four words for a counter and a key to {@code out[0..3]}.
   *
   * @param key the 64-bit key, low word first
   */
  public static void block(int c0, int c1, int c2, int c3, long key, int[] out) {
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long p0 = (M0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
      long p1 = (M1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
      int n0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      int n2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c0 = n0;
      c1 = (int) p1;
      c2 = n2;
      c3 = (int) p0;
      k0 += W0;
      k1 += W1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
  }
}
