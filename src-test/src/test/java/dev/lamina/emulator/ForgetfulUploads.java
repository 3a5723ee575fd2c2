package dev.lamina.emulator;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Precision;
import dev.lamina.backend.Uploads;
import dev.lamina.op.Op;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Uploads that leave out a wait. */
record ForgetfulUploads(Uploads inner, ForgetfulUploads.Fault fault) implements Uploads {
  /** What is left out. */
  enum Fault {
    NONE,
    NO_ARRIVAL,
    NO_RELEASE
  }

  @Override
  public MemorySegment await(int slot) {
    return inner.await(slot);
  }

  @Override
  public void start(int slot, long from, Memory target, long offset, long bytes) {
    inner.start(slot, from, target, offset, bytes);
  }

  @Override
  public void arrive(int slot) {
    if (fault != Fault.NO_ARRIVAL) {
      inner.arrive(slot);
    }
  }

  @Override
  public void release(int slot) {
    if (fault != Fault.NO_RELEASE) {
      inner.release(slot);
    }
  }

  @Override
  public void close() {
    inner.close();
  }

  /** A device with such uploads. */
  static final class Device implements Backend {
    private final Backend inner;
    private final Fault fault;

    Device(Backend inner, Fault fault) {
      this.inner = inner;
      this.fault = fault;
    }

    @Override
    public Uploads uploads(String label, int slots, long bytes) {
      return new ForgetfulUploads(inner.uploads(label, slots, bytes), fault);
    }

    @Override
    public dev.lamina.backend.Device device() {
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
      inner.close();
    }
  }
}
