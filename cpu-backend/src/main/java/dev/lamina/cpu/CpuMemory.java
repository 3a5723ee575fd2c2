package dev.lamina.cpu;

import dev.lamina.LaminaException;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.Lock;

/** Native memory. Copies and closing wait for what other threads run. */
final class CpuMemory implements Memory {
  private static final long WORTH_A_LOOK = 64L << 20;

  private final String label;
  private final long bytes;
  private final Lock turn;
  private final Arena arena;
  private final MemorySegment segment;
  private final Runnable onClose;

  /**
   * Allocates.
   *
   * @param turn held while its content or itself is changed or copied
   * @param onClose what to do when it is closed
   */
  CpuMemory(String label, long bytes, Lock turn, Runnable onClose) {
    if (bytes < 1) {
      throw new IllegalArgumentException(
          "memory '" + label + "': expected at least 1 byte, got " + bytes);
    }
    this.label = label;
    this.bytes = bytes;
    this.turn = turn;
    this.onClose = onClose;
    // Shared, because the workers use it and any thread may close it. Closing costs a handshake
    // with every thread, some tens of microseconds, which is little for what lives this long.
    checkAvailable(label, bytes);
    this.arena = Arena.ofShared();
    try {
      this.segment = arena.allocate(bytes, Operand.ALIGNMENT);
    } catch (OutOfMemoryError e) {
      arena.close();
      throw outOfMemory(label, bytes, e);
    }
  }

  /**
   * Linux promises memory that it does not have and later ends the process without a word, so what
   * is large is compared with what is there first.
   */
  private static void checkAvailable(String label, long bytes) {
    if (bytes < WORTH_A_LOOK) {
      return;
    }
    long available = Machine.availableBytes();
    if (available > 0 && bytes > available) {
      throw new LaminaException(needs(label, bytes, available) + ". Use a smaller batch or model");
    }
  }

  private static String needs(String label, long bytes, long available) {
    return "not enough memory for '"
        + label
        + "': needs "
        + mebibytes(bytes)
        + ", the machine has "
        + mebibytes(available)
        + " available";
  }

  static LaminaException outOfMemory(String label, long bytes, OutOfMemoryError cause) {
    return new LaminaException(
        needs(label, bytes, Machine.availableBytes())
            + " ("
            + cause.getMessage()
            + "). Use a smaller batch or model, or raise the JVM's limit for native memory with"
            + " -XX:MaxDirectMemorySize="
            + (Math.max(1, bytes >> 20) + 1024)
            + "m",
        cause);
  }

  private static String mebibytes(long bytes) {
    return bytes < 10L << 20 ? bytes + " bytes" : (bytes >> 20) + " MiB";
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public long byteSize() {
    return bytes;
  }

  /** The memory itself, for as long as it is open. */
  MemorySegment segment() {
    if (!arena.scope().isAlive()) {
      throw new IllegalStateException("memory '" + label + "' is closed");
    }
    return segment;
  }

  @Override
  public void write(long offset, MemorySegment source) {
    turn.lock();
    try {
      range("write", offset, source.byteSize()).copyFrom(source);
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void read(long offset, MemorySegment target) {
    turn.lock();
    try {
      target.copyFrom(range("read", offset, target.byteSize()));
    } finally {
      turn.unlock();
    }
  }

  private MemorySegment range(String what, long offset, long size) {
    MemorySegment whole = segment();
    if (offset < 0 || size > bytes - offset) {
      throw new IndexOutOfBoundsException(
          what
              + " of "
              + size
              + " bytes at byte "
              + offset
              + " of memory '"
              + label
              + "', which has "
              + bytes
              + " bytes");
    }
    return whole.asSlice(offset, size);
  }

  @Override
  public void close() {
    turn.lock();
    try {
      if (arena.scope().isAlive()) {
        arena.close();
        onClose.run();
      }
    } finally {
      turn.unlock();
    }
  }

  @Override
  public String toString() {
    return label + " (" + bytes + " bytes)";
  }
}
