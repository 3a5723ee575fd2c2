package dev.lamina.program;

import dev.lamina.backend.Memory;
import java.lang.foreign.MemorySegment;

/**
 * Memory that is not allocated, or not yet: a program's operands in it have places, by which a
 * backend can say what it would take beside them.
 */
record PlannedMemory(String label, long byteSize) implements Memory {
  @Override
  public void write(long offset, MemorySegment source) {
    throw new IllegalStateException(label + " is not allocated");
  }

  @Override
  public void read(long offset, MemorySegment target) {
    throw new IllegalStateException(label + " is not allocated");
  }

  @Override
  public void close() {}
}
