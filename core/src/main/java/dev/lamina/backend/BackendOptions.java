package dev.lamina.backend;

/**
 * How to open a device.
 *
 * @param index which of a backend's devices, from 0
 * @param threads how many threads the CPU backend computes with, 0 for the machine's cores
 */
public record BackendOptions(int index, int threads) {
  /** The first device, with all cores. */
  public static final BackendOptions DEFAULT = new BackendOptions(0, 0);

  /** Checks the numbers. */
  public BackendOptions {
    if (index < 0 || threads < 0) {
      throw new IllegalArgumentException("index " + index + ", threads " + threads);
    }
  }

  /** These options with another device. */
  public BackendOptions withIndex(int value) {
    return new BackendOptions(value, threads);
  }

  /** These options with so many threads. */
  public BackendOptions withThreads(int value) {
    return new BackendOptions(index, value);
  }
}
