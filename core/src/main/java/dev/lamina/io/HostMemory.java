package dev.lamina.io;

import dev.lamina.LaminaException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Native host memory for data and files, with a clear word when there is not enough. */
public final class HostMemory {
  /** Aligned for the widest vectors and for whole cache lines. */
  public static final long ALIGNMENT = 64;

  private HostMemory() {}

  /** Zeroed memory of an arena; {@code what} names its purpose in messages. */
  public static MemorySegment allocate(Arena arena, long bytes, String what) {
    try {
      return arena.allocate(bytes, ALIGNMENT);
    } catch (OutOfMemoryError e) {
      throw new LaminaException(
          what
              + ": no memory for "
              + bytes
              + " bytes outside the Java heap; use fewer data or raise -XX:MaxDirectMemorySize",
          e);
    }
  }

  /** Zeroed memory that lives as long as it is reachable. */
  public static MemorySegment allocate(long bytes, String what) {
    return allocate(Arena.ofAuto(), bytes, what);
  }
}
