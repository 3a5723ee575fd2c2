package dev.lamina.delegating;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Device;
import dev.lamina.backend.Executable;
import dev.lamina.backend.KernelMemory;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Precision;
import dev.lamina.backend.Uploads;
import dev.lamina.op.Op;
import java.util.List;

/** A backend that does everything as another one does; tests override what they change. */
public abstract class DelegatingBackend implements Backend {
  private final Backend inner;

  protected DelegatingBackend(Backend inner) {
    this.inner = inner;
  }

  @Override
  public Device device() {
    return inner.device();
  }

  @Override
  public Precision precision() {
    return inner.precision();
  }

  @Override
  public long freeBytes() {
    return inner.freeBytes();
  }

  @Override
  public Memory allocate(String label, long bytes) {
    return inner.allocate(label, bytes);
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
  public KernelMemory kernelMemory(List<Call> calls) {
    return inner.kernelMemory(calls);
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
    inner.close();
  }
}
