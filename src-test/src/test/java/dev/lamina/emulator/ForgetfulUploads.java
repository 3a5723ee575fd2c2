package dev.lamina.emulator;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Uploads;
import dev.lamina.delegating.DelegatingBackend;
import java.lang.foreign.MemorySegment;

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
  static final class Device extends DelegatingBackend {
    private final Fault fault;

    Device(Backend inner, Fault fault) {
      super(inner);
      this.fault = fault;
    }

    @Override
    public Uploads uploads(String label, int slots, long bytes) {
      return new ForgetfulUploads(super.uploads(label, slots, bytes), fault);
    }
  }
}
