package dev.lamina.cpu;

import java.lang.foreign.MemorySegment;

/** Memory that tasks need beside their operands; its content is undefined at first. */
abstract sealed class Workspace permits OwnWorkspace, SharedWorkspace {
  static final int ALIGNMENT = 64;

  private long bytes;

  /** Memory of so many bytes, aligned for vector loads, as long as the tasks are there. */
  final MemorySegment allocate(long size) {
    bytes += size;
    return take(size);
  }

  /** How much was allocated so far. */
  final long bytes() {
    return bytes;
  }

  final void forget() {
    bytes = 0;
  }

  abstract MemorySegment take(long size);
}
