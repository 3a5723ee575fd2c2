package dev.lamina.cuda.natives;

import java.io.Serial;

/** Why CUDA cannot be used here and what to do about it; ends a search. */
final class UnusableException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String remedy;

  UnusableException(String reason, String remedy) {
    super(reason);
    this.remedy = remedy;
  }

  UnusableException(String reason, String remedy, Throwable cause) {
    super(reason, cause);
    this.remedy = remedy;
  }

  /** The error for a Java runtime that may not call native code. */
  static UnusableException nativeAccessDenied(IllegalCallerException e) {
    return new UnusableException(
        "this Java runtime forbids native access: " + e.getMessage(),
        "Start java with --enable-native-access="
            + (UnusableException.class.getModule().isNamed()
                ? "dev.lamina.cuda,jcuda,jcublas"
                : "ALL-UNNAMED"),
        e);
  }

  String reason() {
    return getMessage();
  }

  String remedy() {
    return remedy;
  }
}
