package dev.lamina.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The permutation is one, and looks as one drawn at random. */
class PermutationTest {
  private static int[] permutation(int seed, int epoch, int n) {
    return IntStream.range(0, n).map(i -> Permutation.index(seed, ~seed, epoch, n, i)).toArray();
  }

  static IntStream sizes() {
    IntStream around =
        IntStream.rangeClosed(1, 17).flatMap(k -> IntStream.of((1 << k) - 1, 1 << k, (1 << k) + 1));
    return IntStream.concat(around, IntStream.of(1, 2, 3, 10, 207, 1000, 60_000)).distinct();
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void everyNumberComesOnce(int n) {
    for (int epoch = 0; epoch < 3; epoch++) {
      BitSet seen = new BitSet(n);
      for (int x : permutation(7, epoch, n)) {
        assertTrue(x >= 0 && x < n, () -> x + " of " + n);
        seen.set(x);
      }
      assertEquals(n, seen.cardinality());
    }
  }

  /** The largest sizes work too: the bits of an int suffice. */
  @ParameterizedTest
  @ValueSource(ints = {Integer.MAX_VALUE, (1 << 30) + 1, 1 << 30})
  void largestSizes(int n) {
    for (int i : new int[] {0, 1, n / 2, n - 1}) {
      int x = Permutation.index(1, 2, 3, n, i);
      assertTrue(x >= 0 && x < n);
    }
  }

  @Test
  void mixIsABijectionOnEachSide() {
    // The finalizer's inverse, step by step.
    for (int i = -100_000; i < 100_000; i += 7) {
      int h = Permutation.mix(i);
      h ^= h >>> 16;
      h *= 0x7ED1B41D;
      h ^= h >>> 13 ^ h >>> 26;
      h *= 0xA5CB9243;
      h ^= h >>> 16;
      assertEquals(i, h);
    }
  }

  /** A random permutation has one fixed point on average, and as much variance. */
  @Test
  void fixedPoints() {
    int permutations = 400;
    int fixed = 0;
    for (int epoch = 0; epoch < permutations; epoch++) {
      int[] p = permutation(11, epoch, 207);
      fixed += (int) IntStream.range(0, p.length).filter(i -> p[i] == i).count();
    }
    assertEquals(permutations, fixed, 5 * Math.sqrt(permutations));
  }

  /** Places and numbers, neighbours, and epochs are uncorrelated. */
  @Test
  void correlations() {
    int n = 60_000;
    int[] p = permutation(42, 0, n);
    int[] identity = IntStream.range(0, n).toArray();
    double bound = 5 / Math.sqrt(n);
    assertEquals(0, correlation(identity, p), bound);
    assertEquals(0, correlation(p, permutation(42, 1, n)), bound);
    assertEquals(0, correlation(p, permutation(43, 0, n)), bound);
    int[] next = Arrays.copyOfRange(p, 1, n);
    assertEquals(0, correlation(Arrays.copyOf(p, n - 1), next), bound);
  }

  /** Small permutations are all drawn equally often. */
  @Test
  void allOrdersOfThreeAreEquallyLikely() {
    int draws = 6000;
    int[] counts = new int[27];
    for (int epoch = 0; epoch < draws; epoch++) {
      int[] p = permutation(5, epoch, 3);
      counts[9 * p[0] + 3 * p[1] + p[2]]++;
    }
    int[] drawn = Arrays.stream(counts).filter(count -> count > 0).toArray();
    assertEquals(6, drawn.length);
    for (int count : drawn) {
      assertEquals(draws / 6.0, count, 5 * Math.sqrt(draws / 6.0));
    }
  }

  @Test
  void sameArgumentsSameResult() {
    assertArrayEquals(permutation(1, 2, 1000), permutation(1, 2, 1000));
    assertFalse(Arrays.equals(permutation(1, 2, 1000), permutation(1, 3, 1000)));
    assertFalse(Arrays.equals(permutation(1, 2, 1000), permutation(2, 2, 1000)));
  }

  private static double correlation(int[] a, int[] b) {
    double meanA = Arrays.stream(a).average().orElseThrow();
    double meanB = Arrays.stream(b).average().orElseThrow();
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - meanA) * (b[i] - meanB);
      aa += (a[i] - meanA) * (a[i] - meanA);
      bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return ab / Math.sqrt(aa * bb);
  }
}
