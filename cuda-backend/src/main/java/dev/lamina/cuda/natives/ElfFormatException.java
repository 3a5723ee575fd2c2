package dev.lamina.cuda.natives;

import java.io.IOException;
import java.io.Serial;

/** A file is not a shared library of the kind that was expected, or is damaged. */
final class ElfFormatException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  ElfFormatException(String message) {
    super(message);
  }
}
