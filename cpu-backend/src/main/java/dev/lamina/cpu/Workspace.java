package dev.lamina.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory that an executable holds beside its operands, freed with it. */
final class Workspace {
  private final Arena arena;
  private long bytes;

  Workspace(Arena arena) {
    this.arena = arena;
  }

  /** Memory of so many bytes, aligned for vector loads, zero at first. */
  MemorySegment allocate(long size) {
    bytes += size;
    return arena.allocate(size, 64);
  }

  /** The arena itself, for native structures. */
  Arena arena() {
    return arena;
  }

  /** How much was allocated so far. */
  long bytes() {
    return bytes;
  }
}
