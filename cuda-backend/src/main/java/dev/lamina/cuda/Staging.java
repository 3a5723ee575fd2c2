package dev.lamina.cuda;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * Two buffers of pinned host memory, through which all copies between host and device go in pieces:
 * while one piece is on its way, the next one is copied to or from the caller's memory.
 */
final class Staging implements AutoCloseable {
  private static final long PIECE = 4L << 20;

  private final Lane lane;
  private final Slot[] slots;

  private record Slot(Pointer pinned, MemorySegment memory, CUevent done) {
    void free() {
      CudaException.status(() -> JCudaDriver.cuEventDestroy(done));
      CudaException.status(() -> JCudaDriver.cuMemFreeHost(pinned));
    }
  }

  Staging(Lane lane) {
    this.lane = lane;
    Slot first = slot();
    try {
      slots = new Slot[] {first, slot()};
    } catch (CudaException e) {
      first.free();
      throw e;
    }
  }

  private static Slot slot() {
    Pointer pinned = new Pointer();
    CudaException.check(
        () -> JCudaDriver.cuMemHostAlloc(pinned, PIECE, 0),
        "allocating " + PIECE + " bytes of pinned host memory");
    CUevent done = new CUevent();
    int status =
        CudaException.status(
            () -> JCudaDriver.cuEventCreate(done, CUevent_flags.CU_EVENT_DISABLE_TIMING));
    if (status != CUresult.CUDA_SUCCESS) {
      CudaException.status(() -> JCudaDriver.cuMemFreeHost(pinned));
    }
    CudaException.check(status, "making an event");
    return new Slot(pinned, MemorySegment.ofBuffer(pinned.getByteBuffer(0, PIECE)), done);
  }

  /** Copies to the device, after all that was started before; done when it returns. */
  void write(CUdeviceptr target, MemorySegment source, String action) {
    long bytes = source.byteSize();
    int piece = 0;
    for (long start = 0; start < bytes; start += PIECE, piece++) {
      long at = start;
      Slot slot = slots[piece % 2];
      long length = Math.min(PIECE, bytes - at);
      if (piece >= 2) {
        CudaException.check(() -> JCudaDriver.cuEventSynchronize(slot.done), action);
      }
      MemorySegment.copy(source, at, slot.memory, 0, length);
      CudaException.check(
          () ->
              JCudaDriver.cuMemcpyHtoDAsync(
                  target.withByteOffset(at), slot.pinned, length, lane.stream()),
          action);
      CudaException.check(() -> JCudaDriver.cuEventRecord(slot.done, lane.stream()), action);
    }
    lane.synchronize(action);
  }

  /** Copies from the device, after all that was started before; done when it returns. */
  void read(CUdeviceptr source, MemorySegment target, String action) {
    long bytes = target.byteSize();
    long pieces = (bytes + PIECE - 1) / PIECE;
    for (long piece = 0; piece <= pieces; piece++) {
      if (piece < pieces) {
        long at = piece * PIECE;
        Slot slot = slots[(int) (piece % 2)];
        CudaException.check(
            () ->
                JCudaDriver.cuMemcpyDtoHAsync(
                    slot.pinned,
                    source.withByteOffset(at),
                    Math.min(PIECE, bytes - at),
                    lane.stream()),
            action);
        CudaException.check(() -> JCudaDriver.cuEventRecord(slot.done, lane.stream()), action);
      }
      if (piece > 0) {
        long at = (piece - 1) * PIECE;
        Slot slot = slots[(int) ((piece - 1) % 2)];
        CudaException.check(() -> JCudaDriver.cuEventSynchronize(slot.done), action);
        MemorySegment.copy(slot.memory, 0, target, at, Math.min(PIECE, bytes - at));
      }
    }
  }

  @Override
  public void close() {
    for (Slot slot : slots) {
      slot.free();
    }
  }
}
