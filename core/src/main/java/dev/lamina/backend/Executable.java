package dev.lamina.backend;

/** Calls made ready for a device: bound to their memory, cut into work, captured. */
public interface Executable extends AutoCloseable {
  /** Runs all calls in order; may return before the device has finished. */
  default void run() {
    run(1);
  }

  /** Runs all calls in order so many times; may return before the device has finished. */
  void run(int times);

  /** Device memory in bytes that it holds beside its operands. */
  long workspaceBytes();

  /** Frees what it holds once it has ended; closing twice does nothing. */
  @Override
  void close();
}
