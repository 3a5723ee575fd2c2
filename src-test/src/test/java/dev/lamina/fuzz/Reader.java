package dev.lamina.fuzz;

import java.nio.file.Path;

/** Reads files, one at a time, on one thread. */
interface Reader extends AutoCloseable {
  /**
   * Reads a file and makes sure that what it holds makes sense.
   *
   * @throws dev.lamina.LaminaException if it cannot be read
   */
  void read(Path file);

  @Override
  default void close() {}
}
