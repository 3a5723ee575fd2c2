package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Resources are divided fairly, by turns, and never given twice. */
class SharingTest {
  private static double[] speeds(double[][] needs, int... turns) {
    return Sharing.speeds(needs, turns.length == 0 ? new int[needs.length] : turns);
  }

  @Test
  void thereIsEnoughForAll() {
    assertArrayEquals(new double[] {1, 1}, speeds(new double[][] {{0.5, 0.1}, {0.5, 0.9}}));
    assertArrayEquals(new double[0], speeds(new double[0][]));
    assertArrayEquals(new double[] {1}, speeds(new double[][] {{0, 0}}));
  }

  @Test
  void whoNeedsMostGetsAnEqualShare() {
    assertArrayEquals(new double[] {0.5, 0.5}, speeds(new double[][] {{1}, {1}}), 1e-6);
    // The small one is not slowed, the large ones divide what it leaves.
    assertArrayEquals(new double[] {1, 0.45, 0.45}, speeds(new double[][] {{0.1}, {1}, {1}}), 1e-6);
    assertArrayEquals(new double[] {0.5, 1}, speeds(new double[][] {{1}, {0.5}}), 1e-6);
  }

  @Test
  void whoIsHeldUpByOneResourceLeavesTheOthers() {
    // The first two divide the first resource; what they do not use of the second has the third.
    assertArrayEquals(
        new double[] {0.5, 0.5, 0.9}, speeds(new double[][] {{1, 0.1}, {1, 0.1}, {0, 1}}), 1e-6);
  }

  @Test
  void laterTurnsDivideWhatIsLeft() {
    double[][] needs = {{1, 0.5}, {0.4, 0}, {0, 1}};
    assertArrayEquals(new double[] {0.6, 1, 0.7}, speeds(needs, 1, 0, 2), 1e-6);
    assertArrayEquals(new double[] {1, 0, 0.5}, speeds(needs, 0, 1, 1), 1e-6);
  }

  @Test
  void nothingIsGivenTwiceOrLeftUnused() {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      double[][] needs = new double[1 + random.nextInt(5)][3];
      int[] turns = new int[needs.length];
      for (int i = 0; i < needs.length; i++) {
        turns[i] = random.nextInt(3);
        for (int r = 0; r < 3; r++) {
          needs[i][r] = random.nextInt(4) == 0 ? 0 : random.nextDouble();
        }
      }
      double[] speeds = Sharing.speeds(needs, turns);
      double[] used = new double[3];
      for (int i = 0; i < needs.length; i++) {
        assertTrue(speeds[i] >= 0 && speeds[i] <= 1);
        for (int r = 0; r < 3; r++) {
          used[r] += speeds[i] * needs[i][r];
        }
      }
      for (int i = 0; i < needs.length; i++) {
        boolean heldUp = speeds[i] == 1;
        for (int r = 0; r < 3; r++) {
          assertTrue(used[r] <= 1 + 1e-9);
          heldUp |= needs[i][r] > 0 && used[r] > 1 - 1e-6;
        }
        assertTrue(heldUp, "node " + i + " could be faster");
      }
    }
  }
}
