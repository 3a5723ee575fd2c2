package dev.lamina.cuda;

import dev.lamina.LaminaException;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Uploads;
import dev.lamina.cuda.natives.NativeStream;
import dev.lamina.host.HostMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.ToIntFunction;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/**
 * Pinned buffers that are copied on a stream of their own. Events order the copies and what is
 * computed; they are waited for on the streams, outside of captured graphs.
 *
 * <p>A thread that fills a buffer while this is closed gets an exception, as does one that calls it
 * afterwards.
 */
final class CudaUploads implements Uploads {
  private final CudaBackend backend;
  private final String label;
  private final NativeStream stream = new NativeStream();
  private final List<Slot> slots = new ArrayList<>();
  private final Arena arena = Arena.ofShared();
  // Closing excludes all else, which goes on side by side.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  /** A buffer; it can be read and written as long as the arena is open. */
  private static final class Slot {
    final Pointer pinned = new Pointer();
    final CUevent copied = new CUevent();
    final CUevent released = new CUevent();
    MemorySegment memory;
    boolean hasMemory;
    boolean hasCopied;
    boolean hasReleased;

    @SuppressWarnings("restricted")
    void open(long bytes, Arena arena) {
      CudaException.check(
          () -> JCudaDriver.cuMemHostAlloc(pinned, bytes, 0),
          "allocating " + bytes + " bytes of pinned host memory");
      hasMemory = true;
      memory = MemorySegment.ofBuffer(pinned.getByteBuffer(0, bytes)).reinterpret(arena, null);
      // A thread that waits for a copy must not take a core from those that compute.
      make(copied, CUevent_flags.CU_EVENT_BLOCKING_SYNC);
      hasCopied = true;
      make(released, 0);
      hasReleased = true;
    }

    private static void make(CUevent event, int flags) {
      CudaException.check(
          () -> JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING | flags),
          "making an event");
    }

    void free() {
      if (hasReleased) {
        CudaException.status(() -> JCudaDriver.cuEventDestroy(released));
      }
      if (hasCopied) {
        CudaException.status(() -> JCudaDriver.cuEventDestroy(copied));
      }
      if (hasMemory) {
        CudaException.status(() -> JCudaDriver.cuMemFreeHost(pinned));
      }
    }
  }

  CudaUploads(CudaBackend backend, String label, int count, long bytes) {
    this.backend = backend;
    this.label = label;
    if (bytes > Integer.MAX_VALUE) {
      throw new LaminaException(
          label
              + ": a buffer of "
              + bytes
              + " bytes, and the limit is "
              + Integer.MAX_VALUE
              + "; take a smaller batch");
    }
    HostMemory.require(count * bytes, label, "take a smaller batch");
    CudaException.check(
        () -> JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
        "making a stream");
    try {
      for (int i = 0; i < count; i++) {
        Slot slot = new Slot();
        slots.add(slot);
        slot.open(bytes, arena);
      }
    } catch (RuntimeException e) {
      free();
      throw e;
    }
  }

  @Override
  public MemorySegment await(int slot) {
    return open(() -> {
      CudaException.check(
          () -> JCudaDriver.cuEventSynchronize(slots.get(slot).copied),
          "waiting for a copy of " + label);
      return slots.get(slot).memory;
    });
  }

  @Override
  public void start(int slot, long from, Memory target, long offset, long bytes) {
    String action = "copying " + bytes + " bytes of " + label;
    open(() -> {
      Slot own = slots.get(slot);
      CudaMemory memory = (CudaMemory) target;
      CudaException.check(() -> JCudaDriver.cuStreamWaitEvent(stream, own.released, 0), action);
      CudaException.check(
          () ->
              JCudaDriver.cuMemcpyHtoDAsync(
                  memory.range("upload", offset, bytes),
                  own.pinned.withByteOffset(from),
                  bytes,
                  stream),
          action);
      CudaException.check(() -> JCudaDriver.cuEventRecord(own.copied, stream), action);
      return null;
    });
  }

  @Override
  public void arrive(int slot) {
    onLane(
        lane -> JCudaDriver.cuStreamWaitEvent(lane.stream(), slots.get(slot).copied, 0),
        "ordering work after a copy of " + label);
  }

  @Override
  public void release(int slot) {
    onLane(
        lane -> JCudaDriver.cuEventRecord(slots.get(slot).released, lane.stream()),
        "ordering a copy of " + label + " after work");
  }

  // The turn before the lock, as in close().
  private void onLane(ToIntFunction<Lane> call, String action) {
    backend.alone(() ->
        open(() -> {
          Lane first = backend.lanes(1).getFirst();
          CudaException.check(() -> call.applyAsInt(first), action);
          return null;
        }));
  }

  private interface Action<T> {
    T perform();
  }

  private <T> T open(Action<T> action) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException(label + ": the buffers were used after they were closed");
      }
      backend.enter();
      return action.perform();
    } finally {
      lock.readLock().unlock();
    }
  }

  // Frees even if the device answers with an error, which is then told.
  @Override
  public void close() {
    backend.alone(this::closeAlone);
  }

  private void closeAlone() {
    lock.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      backend.forget(this);
      // Copies wait for what is computed, so both must end.
      int computed = backend.finish();
      int ended = CudaException.status(() -> JCudaDriver.cuStreamSynchronize(stream));
      free();
      String action = "waiting for the copies of " + label + " before closing them";
      CudaException.check(computed, action);
      CudaException.check(ended, action);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void free() {
    arena.close();
    slots.forEach(Slot::free);
    CudaException.status(() -> JCudaDriver.cuStreamDestroy(stream));
  }
}
