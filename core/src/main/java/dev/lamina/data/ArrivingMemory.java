package dev.lamina.data;

import dev.lamina.host.HostMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory for so many bytes as a header promises. Where they may not come, as out of a packed file,
 * it is taken as they come: a header that lies takes at most eight times what really follows it.
 * What is promised must find room in any case before anything is read.
 */
final class ArrivingMemory implements AutoCloseable {
  private static final long FIRST_BYTES = 64L << 20;

  /** Copying costs a seventh of all bytes, and an eighth more memory. */
  private static final int GROWTH = 8;

  private final Arena arena;
  private final long promised;
  private final String what;
  private Arena passing;
  private MemorySegment memory;

  /**
   * Takes the first part.
   *
   * @param arena in which the whole will lie
   * @param asTheyCome whether the promise may not be kept
   * @param what the purpose, for messages
   */
  ArrivingMemory(Arena arena, long promised, boolean asTheyCome, String what) {
    this.arena = arena;
    this.promised = promised;
    this.what = what;
    HostMemory.require(promised, what, "use fewer data");
    grow(asTheyCome ? FIRST_BYTES : promised);
  }

  private void grow(long bytes) {
    boolean whole = bytes >= promised;
    Arena next = whole ? null : Arena.ofConfined();
    MemorySegment grown =
        HostMemory.allocate(whole ? arena : next, Math.min(bytes, promised), what);
    if (memory != null) {
      MemorySegment.copy(memory, 0, grown, 0, memory.byteSize());
      passing.close();
    }
    passing = next;
    memory = grown;
  }

  /** Memory with room for the first so many bytes; what was written to it before is there. */
  MemorySegment upTo(long bytes) {
    while (memory.byteSize() < bytes) {
      grow(memory.byteSize() * GROWTH);
    }
    return memory;
  }

  /** All of it, once all has come. */
  MemorySegment whole() {
    return upTo(promised);
  }

  @Override
  public void close() {
    if (passing != null) {
      passing.close();
    }
  }
}
