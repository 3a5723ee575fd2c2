package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Device;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Uploads;
import dev.lamina.emulator.CudaEmulator;
import dev.lamina.op.Op;
import java.util.List;
import java.util.function.Supplier;

/**
 * The CUDA backend on the emulator. When the last one that is open closes, the emulator must have
 * found nothing: no race, overrun, misalignment or uninitialised read, and no allocation, stream,
 * event, graph or module that is left.
 */
final class EmulatedBackend implements Backend {
  private static final List<String> HANDLES =
      List.of("live_streams", "live_events", "live_graphs", "live_modules");

  private static int opened;

  private final CudaEmulator emulator;
  private final Backend inner;
  private boolean closed;

  private EmulatedBackend(CudaEmulator emulator, Backend inner) {
    this.emulator = emulator;
    this.inner = inner;
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
    for (String handle : HANDLES) {
      long count = emulator.counter(handle);
      if (count != 0) {
        text.append(handle).append(": ").append(count).append('\n');
      }
    }
    return text.toString();
  }

  @Override
  public Device device() {
    return inner.device();
  }

  @Override
  public Memory allocate(String label, long bytes) {
    return inner.allocate(label, bytes);
  }

  @Override
  public long freeBytes() {
    return inner.freeBytes();
  }

  @Override
  public Uploads uploads(String label, int slots, long bytes) {
    return inner.uploads(label, slots, bytes);
  }

  @Override
  public boolean fuses(Op op) {
    return inner.fuses(op);
  }

  @Override
  public Executable compile(String label, List<Call> calls) {
    return inner.compile(label, calls);
  }

  @Override
  public void synchronize() {
    inner.synchronize();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      inner.close();
    } finally {
      opened--;
    }
    if (opened == 0) {
      assertEquals("", complaints(emulator), "what the emulator found");
    }
  }
}
