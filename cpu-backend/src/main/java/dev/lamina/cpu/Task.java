package dev.lamina.cpu;

/**
 * A piece of work cut into chunks that may run in any order, on any thread, at the same time. The
 * cut depends on shapes only and never on the number of threads, so that results have the same bits
 * whatever that number is.
 */
interface Task {
  /** How many chunks there are, from 1. */
  int chunks();

  /** Does one chunk. Allocates nothing. */
  void run(int chunk);
}
