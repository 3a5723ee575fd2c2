package dev.lamina.train;

import dev.lamina.LaminaException;
import java.io.Serial;

/**
 * The loss became NaN or infinite. The model's parameters are as they were before the step in which
 * that happened.
 */
public final class NonFiniteException extends LaminaException {
  @Serial private static final long serialVersionUID = 1L;

  private final long step;
  private final String where;

  NonFiniteException(long step, String where, String found) {
    super(
        "the loss became NaN or infinite at step "
            + step
            + "; the first value that is not finite is in "
            + where
            + " ("
            + found
            + "). Try a smaller learning rate, a warm-up, standardised inputs, or look for extreme"
            + " values in the data. The parameters were left as they were before that step.");
    this.step = step;
    this.where = where;
  }

  /** The step, from 1. */
  public long step() {
    return step;
  }

  /** The name of the first value in the forward pass that holds NaN or infinity. */
  public String where() {
    return where;
  }
}
