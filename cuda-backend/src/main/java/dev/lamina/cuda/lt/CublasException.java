package dev.lamina.cuda.lt;

import dev.lamina.LaminaException;
import java.io.Serial;

/** A call of cuBLAS or cuBLASLt failed. */
public final class CublasException extends LaminaException {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;

  CublasException(String function, String what, int status) {
    super(
        (what.isEmpty() ? function : what + ": " + function)
            + " answered "
            + Status.describe(status));
    this.status = status;
  }

  /** The number that the call answered; {@link Status} has the names. */
  public int status() {
    return status;
  }
}
