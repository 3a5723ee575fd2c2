package dev.lamina.cuda;

import java.util.Arrays;

/**
 * Divides resources among those who need several of them at once, so that nobody's largest share is
 * smaller than another's unless that one needs no more (Ghodsi and others, "Dominant resource
 * fairness", 2011), turn by turn: the later ones divide what the earlier ones leave.
 */
final class Sharing {
  private static final int BISECTIONS = 40;
  private static final double FULL = 1 - 1e-9;

  private final double[][] needs;
  private final double[] speeds;

  private Sharing(double[][] needs) {
    this.needs = needs;
    speeds = new double[needs.length];
  }

  /**
   * How fast everyone is, from 0 to 1.
   *
   * @param needs for each of them the share of each resource that it takes at full speed, up to 1
   * @param turns when each has its turn, from 0
   */
  static double[] speeds(double[][] needs, int[] turns) {
    Sharing sharing = new Sharing(needs);
    int last = Arrays.stream(turns).max().orElse(-1);
    for (int turn = 0; turn <= last; turn++) {
      boolean[] active = new boolean[needs.length];
      for (int i = 0; i < needs.length; i++) {
        active[i] = turns[i] == turn;
      }
      sharing.fill(active);
    }
    return sharing.speeds;
  }

  /** Raises the speeds of some, whose largest shares grow alike, until they can grow no more. */
  private void fill(boolean[] active) {
    while (any(active)) {
      double possible = 0;
      double tooMuch = 1;
      raise(active, tooMuch);
      if (mostUsed() > 1) {
        for (int k = 0; k < BISECTIONS; k++) {
          double middle = (possible + tooMuch) / 2;
          raise(active, middle);
          if (mostUsed() > 1) {
            tooMuch = middle;
          } else {
            possible = middle;
          }
        }
        raise(active, possible);
      }
      settle(active);
    }
  }

  private static boolean any(boolean[] active) {
    for (boolean one : active) {
      if (one) {
        return true;
      }
    }
    return false;
  }

  private void raise(boolean[] active, double share) {
    for (int i = 0; i < speeds.length; i++) {
      if (active[i]) {
        double largest = Arrays.stream(needs[i]).max().orElse(0);
        speeds[i] = largest <= share ? 1 : share / largest;
      }
    }
  }

  /** Those who run at full speed or need what is used up grow no more. */
  private void settle(boolean[] active) {
    for (int i = 0; i < speeds.length; i++) {
      boolean blocked = speeds[i] == 1;
      for (int r = 0; r < needs[i].length; r++) {
        blocked |= needs[i][r] > 0 && used(r) >= FULL;
      }
      active[i] &= !blocked;
    }
  }

  private double mostUsed() {
    double most = 0;
    for (int r = 0; needs.length > 0 && r < needs[0].length; r++) {
      most = Math.max(most, used(r));
    }
    return most;
  }

  private double used(int resource) {
    double used = 0;
    for (int i = 0; i < speeds.length; i++) {
      used += speeds[i] * needs[i][resource];
    }
    return used;
  }
}
