package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.random.Permutation;

/**
 * Which of n rows are trained on and which are held out. Both parts keep the order of the rows, and
 * together they are all rows. The arrays belong to the caller.
 *
 * @param train the rows to train on, counted from 0
 * @param validation the rows that are held out
 */
public record RowSplit(int[] train, int[] validation) {
  /** Sets splits apart from the shuffles of epochs 0, 1, ... under the same seed. */
  private static final int SPLIT_EPOCH = -1;

  /**
   * Holds out {@code round(n * fraction)} rows, chosen by a seed, but at least one, and leaves at
   * least one: the rows that {@link Dataset#split} holds out.
   *
   * @param n the number of rows, at least 2
   * @param fraction which part to hold out, above 0 and below 1
   * @throws LaminaException if there is nothing to split
   */
  public static RowSplit of(int n, double fraction, long seed) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new LaminaException(
          "a fraction of " + fraction + " cannot be split off; expected one between 0 and 1");
    }
    if (n < 2) {
      throw new LaminaException(n + " rows cannot be split; expected at least 2");
    }
    int held = Math.clamp(Math.round(n * fraction), 1, n - 1);
    boolean[] isHeld = new boolean[n];
    for (int i = 0; i < held; i++) {
      isHeld[Permutation.index((int) seed, (int) (seed >>> 32), SPLIT_EPOCH, n, i)] = true;
    }
    int[] train = new int[n - held];
    int[] validation = new int[held];
    int t = 0;
    int v = 0;
    for (int i = 0; i < n; i++) {
      if (isHeld[i]) {
        validation[v++] = i;
      } else {
        train[t++] = i;
      }
    }
    return new RowSplit(train, validation);
  }
}
