package dev.lamina.type;

import dev.lamina.LaminaException;
import java.io.Serial;

/** Shapes or element types that do not fit the operation they were given to. */
public final class ShapeException extends LaminaException {
  @Serial private static final long serialVersionUID = 1L;

  /** An error with the operation, the shapes, what was expected and how to mend it. */
  public ShapeException(String message) {
    super(message);
  }
}
