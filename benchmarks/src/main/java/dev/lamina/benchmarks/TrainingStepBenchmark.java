package dev.lamina.benchmarks;

import org.openjdk.jmh.annotations.Param;

/**
 * Training steps of the sizes that people train on MNIST. With {@code -prof gc} they show that a
 * step makes next to no garbage.
 */
public class TrainingStepBenchmark extends StepBenchmark {
  /** Widths from inputs to classes, then the batch. */
  @Param({"784-512-512-10:128", "784-1024-1024-1024-10:1024"})
  public String network;

  @Override
  String network() {
    return network;
  }
}
