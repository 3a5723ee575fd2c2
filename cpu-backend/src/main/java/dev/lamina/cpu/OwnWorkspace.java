package dev.lamina.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The workspace of an executable, freed with it. */
final class OwnWorkspace extends Workspace implements AutoCloseable {
  private final Arena arena = Arena.ofShared();

  @Override
  MemorySegment take(long size) {
    return arena.allocate(size, ALIGNMENT);
  }

  /** Of native structures that belong to the tasks. */
  Arena arena() {
    return arena;
  }

  @Override
  public void close() {
    arena.close();
  }
}
