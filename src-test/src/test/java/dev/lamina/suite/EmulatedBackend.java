package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.delegating.DelegatingBackend;
import dev.lamina.emulator.CudaEmulator;
import java.util.function.Supplier;

/**
 * The CUDA backend on the emulator. When the last one that is open closes, the emulator must have
 * found nothing: no race, overrun, misalignment or uninitialised read, and no allocation, stream,
 * event, graph or module that is left.
 */
final class EmulatedBackend extends DelegatingBackend {
  private static int opened;

  private final CudaEmulator emulator;
  private boolean closed;

  private EmulatedBackend(CudaEmulator emulator, Backend inner) {
    super(inner);
    this.emulator = emulator;
  }

  static Backend open(CudaEmulator emulator, Supplier<Backend> open) {
    if (opened == 0) {
      emulator.reset();
    }
    Backend backend = new EmulatedBackend(emulator, open.get());
    opened++;
    return backend;
  }

  /** What the emulator holds against the backend; empty if nothing. */
  static String complaints(CudaEmulator emulator) {
    StringBuilder text = new StringBuilder();
    emulator.findings().stream().limit(10).forEach(f -> text.append(f).append('\n'));
    text.append(emulator.live());
    for (String handle : CudaEmulator.HANDLES) {
      long count = emulator.counter(handle);
      if (count != 0) {
        text.append(handle).append(": ").append(count).append('\n');
      }
    }
    return text.toString();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      super.close();
    } finally {
      opened--;
    }
    if (opened == 0) {
      assertEquals("", complaints(emulator), "what the emulator found");
    }
  }
}
