package dev.lamina.suite;

import dev.lamina.backend.Memory;
import java.lang.foreign.MemorySegment;

/** Memory on the heap. */
record OracleMemory(String label, byte[] bytes) implements Memory {
  /** Held by whoever runs or copies. */
  static final Object TURN = new Object();

  @Override
  public long byteSize() {
    return bytes.length;
  }

  @Override
  public void write(long offset, MemorySegment source) {
    synchronized (TURN) {
      MemorySegment.ofArray(bytes).asSlice(offset, source.byteSize()).copyFrom(source);
    }
  }

  @Override
  public void read(long offset, MemorySegment target) {
    synchronized (TURN) {
      target.copyFrom(MemorySegment.ofArray(bytes).asSlice(offset, target.byteSize()));
    }
  }

  @Override
  public void close() {}
}
