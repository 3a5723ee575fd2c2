package dev.lamina.fuzz;

import java.nio.file.Path;

/** Reads files, one at a time, on one thread. */
interface Reader extends AutoCloseable {
  /**
   * Reads a file and compares what it says with a reading of its own.
   *
   * @return false if the file may be lost and counts as none
   * @throws dev.lamina.LaminaException if it cannot be read
   */
  boolean read(Path file) throws Exception;

  @Override
  default void close() {}

  /** Fails unless what was read is so. */
  static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("what was read is not what the file says: " + what);
    }
  }
}
