package dev.lamina.benchmarks;

import dev.lamina.benchmarks.compare.Problem;
import dev.lamina.benchmarks.report.Work;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * A whole training step with the data on the device: gather, forward, softmax cross-entropy,
 * backward, Adam.
 */
public abstract class StepBenchmark extends DeviceBenchmark {
  /** In which precision; the CPU has fp32. */
  @Param({"fp32", "tf32", "bf16"})
  public String precision;

  private ResidentStep step;

  /** Widths from inputs to classes, then the batch, as {@link Problem#parse} reads them. */
  abstract String network();

  @Override
  Precision precision() {
    return Precision.ofStep(precision);
  }

  @Override
  void prepare(String method) {
    step = new ResidentStep(backend(), Problem.parse(network()));
  }

  /** The matrix products alone: what else there is costs memory, not arithmetic. */
  @Override
  public Work work(String method) {
    return Work.flops(Problem.parse(network()).flops());
  }

  /** One step. */
  @Benchmark
  public void step() {
    step.run();
  }

  /** Also checks that the loss was a number to the last. */
  @Override
  public void close() {
    step.loss();
    step.close();
    super.close();
  }
}
