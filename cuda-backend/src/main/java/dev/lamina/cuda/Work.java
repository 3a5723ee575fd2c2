package dev.lamina.cuda;

/** A step ready to run: bound to its kernel and memory. */
interface Work {
  /** Puts it on a lane's stream. */
  void enqueue(Lane lane);
}
