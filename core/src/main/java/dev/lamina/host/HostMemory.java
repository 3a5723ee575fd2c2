package dev.lamina.host;

import dev.lamina.LaminaException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * Native host memory for data and files, with a clear word when there is not enough. Linux promises
 * memory that it does not have and later ends the process without a word, so what is large is
 * compared with what is there first. Any thread may allocate.
 */
public final class HostMemory {
  /** Aligned for the widest vectors and for whole cache lines. */
  public static final long ALIGNMENT = 64;

  /** Looking at what there is takes some tenths of a millisecond. */
  private static final long WORTH_A_LOOK = 16L << 20;

  private static final int LONGEST_WAIT_MILLIS = 200;

  private HostMemory() {}

  /**
   * Zeroed memory of an arena; {@code what} names its purpose in messages.
   *
   * @throws LaminaException if there is too little; the message says how much is free
   */
  public static MemorySegment allocate(Arena arena, long bytes, String what) {
    require(bytes, what, "use fewer data");
    try {
      return arena.allocate(bytes, ALIGNMENT);
    } catch (OutOfMemoryError e) {
      throw new LaminaException(
          String.format(
              Locale.ROOT,
              "%s: no memory for %,d bytes outside the Java heap (%s); use fewer data, or raise the"
                  + " limit: Java's is -XX:MaxDirectMemorySize, the system's shows 'ulimit -v'",
              what,
              bytes,
              e.getMessage()),
          e);
    }
  }

  /** Zeroed memory that lives as long as it is reachable. */
  public static MemorySegment allocate(long bytes, String what) {
    return allocate(Arena.ofAuto(), bytes, what);
  }

  /**
   * Makes sure that so much memory can be had. Where it cannot, memory that is no longer reachable
   * is collected first.
   *
   * @param remedy what a user can do about it
   * @throws LaminaException if there is too little
   */
  public static void require(long bytes, String what, String remedy) {
    if (bytes < WORTH_A_LOOK || bytes <= SystemMemory.room().bytes()) {
      return;
    }
    SystemMemory.Room room = collected(bytes);
    if (bytes > room.bytes()) {
      throw new LaminaException(
          String.format(
              Locale.ROOT,
              "%s: not enough memory: %,d bytes are needed, and %,d can be had (%s); %s",
              what,
              bytes,
              room.bytes(),
              room.limit(),
              remedy));
    }
  }

  /** The room once the garbage collector has freed what nobody reaches, as far as that helps. */
  private static SystemMemory.Room collected(long bytes) {
    System.gc();
    SystemMemory.Room room = SystemMemory.room();
    // The memory is freed by a thread of its own, a little later.
    for (int wait = 10; bytes > room.bytes() && wait <= LONGEST_WAIT_MILLIS; wait *= 2) {
      try {
        Thread.sleep(wait);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return room;
      }
      room = SystemMemory.room();
    }
    return room;
  }
}
