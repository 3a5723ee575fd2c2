package dev.lamina.train;

import dev.lamina.LaminaException;

/** The number of samples in a batch. */
final class BatchSize {
  private BatchSize() {}

  /** Returns it if it is one. */
  static int checked(int samples) {
    if (samples < 1) {
      throw new LaminaException("batch size " + samples + ": expected 1 or more");
    }
    return samples;
  }
}
