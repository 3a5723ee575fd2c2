package dev.lamina.data;

import dev.lamina.host.HostMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A growing row of 4-byte elements of unknown length, in native memory. */
final class Chunks implements AutoCloseable {
  private static final int FIRST_BYTES = 1 << 12;
  private static final int MOST_BYTES = 1 << 24;

  private final String source;
  private final Deque<Arena> arenas = new ArrayDeque<>();
  private final List<MemorySegment> full = new ArrayList<>();
  private MemorySegment chunk;
  private long used;
  private long bytes;

  Chunks(String source) {
    this.source = source;
    grow(FIRST_BYTES);
  }

  private void grow(long chunkBytes) {
    Arena arena = Arena.ofConfined();
    arenas.add(arena);
    chunk = HostMemory.allocate(arena, chunkBytes, source);
    used = 0;
  }

  private long place() {
    if (used == chunk.byteSize()) {
      full.add(chunk);
      grow(Math.min(MOST_BYTES, 2 * used));
    }
    long at = used;
    used += 4;
    bytes += 4;
    return at;
  }

  void add(float value) {
    long at = place();
    chunk.set(ValueLayout.JAVA_FLOAT, at, value);
  }

  void add(int value) {
    long at = place();
    chunk.set(ValueLayout.JAVA_INT, at, value);
  }

  long count() {
    return bytes / 4;
  }

  /** All elements in one piece of an arena's memory; the pieces are freed as they are copied. */
  MemorySegment join(Arena into) {
    MemorySegment joined = HostMemory.allocate(into, bytes, source);
    full.add(chunk.asSlice(0, used));
    long at = 0;
    for (MemorySegment piece : full) {
      MemorySegment.copy(piece, 0, joined, at, piece.byteSize());
      at += piece.byteSize();
      arenas.remove().close();
    }
    return joined;
  }

  @Override
  public void close() {
    while (!arenas.isEmpty()) {
      arenas.remove().close();
    }
  }
}
