package dev.lamina.cpu.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A backend's oneDNN: a stream for each of its threads, and every primitive made so far. */
public final class MatmulCache implements AutoCloseable {
  private final MemorySegment[] streams;
  private final Map<MatmulSpec, Optional<Matmul>> primitives = new HashMap<>();
  private final Arena arena = Arena.ofShared();
  private MemorySegment scratch = MemorySegment.NULL;

  /** An empty cache for so many threads. */
  public MatmulCache(int threads) {
    // Asked here, so that the library is always loaded before its functions are looked up.
    if (!DnnlLibrary.status().usable()) {
      throw new IllegalStateException("oneDNN: " + DnnlLibrary.status().description());
    }
    streams = new MemorySegment[threads];
    for (int i = 0; i < threads; i++) {
      streams[i] = Dnnl.createStream();
    }
  }

  /** The primitive for a product, or null where oneDNN has no fast one. */
  public Matmul get(MatmulSpec spec) {
    return primitives
        .computeIfAbsent(spec, s -> Optional.ofNullable(Matmul.create(s)))
        .orElse(null);
  }

  /** A thread's stream. */
  public MemorySegment stream(int slot) {
    return streams[slot];
  }

  /**
   * Scratch memory of at least so many bytes for each thread, one after the other. It is shared by
   * all products, because a thread computes one at a time; when it must grow, products that have
   * the smaller one keep it.
   */
  public MemorySegment scratch(long bytesPerThread) {
    if (scratch.byteSize() < bytesPerThread * streams.length) {
      scratch = arena.allocate(bytesPerThread * streams.length, 4096);
    }
    return scratch;
  }

  /** Frees everything; nothing may run any more. */
  @Override
  public void close() {
    for (MemorySegment stream : streams) {
      Dnnl.destroyStream(stream);
    }
    primitives.values().forEach(p -> p.ifPresent(Matmul::close));
    primitives.clear();
    arena.close();
  }
}
