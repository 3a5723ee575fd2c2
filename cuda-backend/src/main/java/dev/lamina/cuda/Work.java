package dev.lamina.cuda;

/** A step ready to run: bound to its kernel and memory. */
interface Work extends AutoCloseable {
  /** Puts it on a lane's stream. */
  void enqueue(Lane lane);

  /** Frees what it holds on the host; closing twice does nothing. */
  @Override
  default void close() {}
}
