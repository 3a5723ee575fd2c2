package dev.lamina.benchmarks;

import org.openjdk.jmh.annotations.Param;

/**
 * A training step of a size for GPUs: 6 layers of 4096, 4.7 TFLOP. The CPU runs it only when it is
 * named.
 */
public class LargeTrainingStepBenchmark extends StepBenchmark {
  /** Widths from inputs to classes, then the batch. */
  @Param("4096-4096-4096-4096-4096-4096-4096:8192")
  public String network;

  @Override
  String network() {
    return network;
  }
}
