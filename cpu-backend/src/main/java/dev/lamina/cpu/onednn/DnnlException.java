package dev.lamina.cpu.onednn;

import java.io.Serial;

/** A call of oneDNN that failed. */
final class DnnlException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final boolean unimplemented;

  DnnlException(String message, boolean unimplemented) {
    super("oneDNN: " + message);
    this.unimplemented = unimplemented;
  }

  /** Whether oneDNN said that it cannot do this at all. */
  boolean unimplemented() {
    return unimplemented;
  }
}
