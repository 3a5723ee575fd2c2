package dev.lamina.backend;

import dev.lamina.LaminaException;
import java.util.Objects;

/**
 * How to open a device. Begin with {@link #DEFAULT} and change what is to be different.
 *
 * @param index which of a backend's devices, from 0
 * @param threads how many threads the CPU backend computes with, at most {@value #MOST_THREADS}; 0
 *     for the machine's cores
 * @param precision in which number formats to train; a device that has only FP32 says so in its
 *     {@link Device#notes() notes}
 * @param autotune whether ways to compute are measured when a shape first comes up, and the fastest
 *     is kept; without it a program starts sooner and takes what should be fastest
 */
public record BackendOptions(int index, int threads, Precision precision, boolean autotune) {
  /** The first device, with all cores, true FP32 and measurements. */
  public static final BackendOptions DEFAULT = new BackendOptions(0, 0, Precision.FP32, true);

  /** More are more than any machine has, and take all memory before they compute. */
  public static final int MOST_THREADS = 1024;

  /**
   * Checks the values.
   *
   * @throws LaminaException if the index is negative, or there cannot be so many threads
   */
  public BackendOptions {
    if (index < 0) {
      throw new LaminaException("device number " + index + ": expected 0 or more");
    }
    if (threads < 0 || threads > MOST_THREADS) {
      throw new LaminaException(
          threads + " threads: expected 1 to " + MOST_THREADS + ", or 0 for all cores");
    }
    Objects.requireNonNull(precision, "precision");
  }

  /** These options with another device. */
  public BackendOptions withIndex(int value) {
    return new BackendOptions(value, threads, precision, autotune);
  }

  /** These options with so many threads. */
  public BackendOptions withThreads(int value) {
    return new BackendOptions(index, value, precision, autotune);
  }

  /** These options with another precision. */
  public BackendOptions withPrecision(Precision value) {
    return new BackendOptions(index, threads, value, autotune);
  }

  /** These options with or without measurements. */
  public BackendOptions withAutotune(boolean value) {
    return new BackendOptions(index, threads, precision, value);
  }
}
