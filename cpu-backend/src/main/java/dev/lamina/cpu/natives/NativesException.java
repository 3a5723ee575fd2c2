package dev.lamina.cpu.natives;

import java.io.Serial;

/** Native libraries that cannot be had, why, and what to do about it. */
public final class NativesException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String remedy;

  /** A reason, a remedy, and what led to it or null. */
  public NativesException(String reason, String remedy, Throwable cause) {
    super(reason, cause);
    this.remedy = remedy;
  }

  /** What to do about it: a sentence. */
  public String remedy() {
    return remedy;
  }
}
