package dev.lamina.backend;

import java.util.Objects;

/**
 * How to open a device. Begin with {@link #DEFAULT} and change what is to be different.
 *
 * @param index which of a backend's devices, from 0
 * @param threads how many threads the CPU backend computes with, 0 for the machine's cores
 * @param precision in which number formats to train
 * @param autotune whether ways to compute are measured when a shape first comes up, and the fastest
 *     is kept; without it a program starts sooner and takes what should be fastest
 */
public record BackendOptions(int index, int threads, Precision precision, boolean autotune) {
  /** The first device, with all cores, true FP32 and measurements. */
  public static final BackendOptions DEFAULT = new BackendOptions(0, 0, Precision.FP32, true);

  /** Checks the values. */
  public BackendOptions {
    if (index < 0 || threads < 0) {
      throw new IllegalArgumentException("index " + index + ", threads " + threads);
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
