package dev.lamina.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The workspace of calls that run once, one after the other: each finds the memory of the one
 * before, so that small calls allocate nothing. It grows to what a call needed, up to a limit.
 */
final class SharedWorkspace extends Workspace implements AutoCloseable {
  /** More than this is not kept from one call to the next. */
  private static final long KEPT = 16L << 20;

  private Arena kept = Arena.ofShared();
  private MemorySegment memory = kept.allocate(1 << 12, ALIGNMENT);
  private long used;
  private Arena more;

  @Override
  MemorySegment take(long size) {
    long start = (used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    used = start + size;
    if (used <= memory.byteSize()) {
      return memory.asSlice(start, size);
    }
    if (more == null) {
      more = Arena.ofShared();
    }
    return more.allocate(size, ALIGNMENT);
  }

  /** Makes ready for the next call; nothing may use the memory of the last any more. */
  void reset() {
    long needed = used;
    used = 0;
    forget();
    if (more != null) {
      more.close();
      more = null;
      if (needed <= KEPT) {
        kept.close();
        kept = Arena.ofShared();
        memory = kept.allocate(2 * Long.highestOneBit(needed), ALIGNMENT);
      }
    }
  }

  @Override
  public void close() {
    if (more != null) {
      more.close();
      more = null;
    }
    if (kept.scope().isAlive()) {
      kept.close();
    }
  }
}
