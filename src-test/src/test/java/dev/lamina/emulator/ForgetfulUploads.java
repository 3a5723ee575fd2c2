package dev.lamina.emulator;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Uploads;
import dev.lamina.op.Op;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Uploads that leave out a wait.
 *
 * <p>They also give a buffer only when what is computed on its last content was launched. The host
 * waits for a copy before it fills the buffer again; so late, that wait is no accidental order of
 * the copy before the computation.
 */
record ForgetfulUploads(Uploads inner, ForgetfulUploads.Fault fault, Semaphore[] launched)
    implements Uploads {
  /** What is left out. */
  enum Fault {
    NONE,
    NO_ARRIVAL,
    NO_RELEASE
  }

  @Override
  public MemorySegment await(int slot) {
    launched[slot].acquireUninterruptibly();
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
    launched[slot].release();
  }

  @Override
  public void close() {
    inner.close();
  }

  /** A device with such uploads. */
  static final class Device implements Backend {
    private static final int MANY = 1 << 20;

    private final Backend inner;
    private final Fault fault;
    private final Semaphore[] launched = {new Semaphore(1), new Semaphore(1)};

    Device(Backend inner, Fault fault) {
      this.inner = inner;
      this.fault = fault;
    }

    /** Buffers are given without a condition from now on, so that their thread can end. */
    void letGo() {
      for (Semaphore semaphore : launched) {
        semaphore.release(MANY);
      }
    }

    @Override
    public Uploads uploads(String label, int slots, long bytes) {
      return new ForgetfulUploads(inner.uploads(label, slots, bytes), fault, launched);
    }

    @Override
    public dev.lamina.backend.Device device() {
      return inner.device();
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
