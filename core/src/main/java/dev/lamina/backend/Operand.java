package dev.lamina.backend;

import dev.lamina.type.TensorType;

/**
 * A tensor in memory, contiguous and row-major.
 *
 * @param offset where it starts, in bytes; a multiple of the element size
 */
public record Operand(Memory memory, long offset, TensorType type) {
  /** Alignment of every tensor that the engine places itself, in bytes. */
  public static final int ALIGNMENT = 256;

  /** Checks that it lies within the memory. */
  public Operand {
    if (offset < 0
        || offset % type.dtype().bytes() != 0
        || offset + type.bytes() > memory.byteSize()) {
      throw new IllegalArgumentException(
          "operand "
              + type
              + " at byte "
              + offset
              + " does not fit "
              + memory.label()
              + " of "
              + memory.byteSize()
              + " bytes");
    }
  }

  /** A size rounded up so that what follows it is aligned. */
  public static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Whether both share a byte. */
  public boolean overlaps(Operand other) {
    return memory == other.memory
        && offset < other.offset + other.type.bytes()
        && other.offset < offset + type.bytes();
  }
}
