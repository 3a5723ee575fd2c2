package dev.lamina;

import java.io.Serial;

/**
 * A mistake that the caller can mend. Its message says where it is, what was expected, what came
 * and how to mend it; programs may show it to their users as it is.
 */
public class LaminaException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** An error with a message for the user. */
  public LaminaException(String message) {
    super(message);
  }

  /** An error with a message for the user and what led to it. */
  public LaminaException(String message, Throwable cause) {
    super(message, cause);
  }
}
