package dev.lamina.cuda.nvrtc;

import dev.lamina.LaminaException;
import java.io.Serial;

/** A call of NVRTC failed; for a source that does not compile the message has the compiler's. */
public final class NvrtcException extends LaminaException {
  @Serial private static final long serialVersionUID = 1L;

  NvrtcException(String message) {
    super(message);
  }
}
