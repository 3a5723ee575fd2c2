package dev.lamina.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Philox against the known answers that its authors publish with Random123 (kat_vectors). */
class PhiloxTest {
  private static void check(int[] counter, int keyLow, int keyHigh, int... expected) {
    int[] out = new int[4];
    long key = keyLow & 0xFFFFFFFFL | (long) keyHigh << 32;
    Philox.block(counter[0], counter[1], counter[2], counter[3], key, out);
    assertArrayEquals(expected, out);
  }

  @Test
  void zeros() {
    check(new int[4], 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
  }

  @Test
  void ones() {
    int[] counter = {-1, -1, -1, -1};
    check(counter, -1, -1, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
  }

  @Test
  void digitsOfPi() {
    int[] counter = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344};
    check(counter, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  /** Every bit is set in half of all words. */
  @Test
  void bitsAreBalanced() {
    int blocks = 20_000;
    int[] counts = new int[32];
    int[] out = new int[4];
    for (int i = 0; i < blocks; i++) {
      Philox.block(i, 0, 3, 5, 42, out);
      for (int word : out) {
        for (int bit = 0; bit < 32; bit++) {
          counts[bit] += word >>> bit & 1;
        }
      }
    }
    double n = 4.0 * blocks;
    for (int count : counts) {
      assertEquals(n / 2, count, 5 * Math.sqrt(n) / 2);
    }
  }
}
