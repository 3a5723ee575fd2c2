package dev.lamina.backend;

import dev.lamina.LaminaException;
import dev.lamina.host.HostMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** For devices whose work is done when a call returns: copies at once, so nothing ever waits. */
final class PlainUploads implements Uploads {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment[] buffers;

  PlainUploads(String label, int slots, long bytes) {
    buffers = new MemorySegment[slots];
    try {
      for (int i = 0; i < slots; i++) {
        buffers[i] = HostMemory.allocate(arena, bytes, label);
      }
    } catch (LaminaException e) {
      arena.close();
      throw e;
    }
  }

  @Override
  public MemorySegment await(int slot) {
    return buffers[slot];
  }

  @Override
  public void start(int slot, long from, Memory target, long offset, long bytes) {
    target.write(offset, buffers[slot].asSlice(from, bytes));
  }

  @Override
  public void arrive(int slot) {}

  @Override
  public void release(int slot) {}

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
