package dev.lamina.benchmarks;

import dev.lamina.backend.Operand;
import dev.lamina.benchmarks.report.Work;
import dev.lamina.op.AdamStep;
import dev.lamina.op.Clock;
import dev.lamina.op.Op;
import dev.lamina.op.SgdStep;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** One update of all parameters in a flat buffer. */
public class OptimizerBenchmark extends DeviceBenchmark {
  private static final String SGD = "sgd";
  private static final String MOMENTUM = "sgdMomentum";

  /** The number of parameters: 1 Mi and 16 Mi. */
  @Param({"1048576", "16777216"})
  public int parameters;

  /** In which precision. */
  @Param("fp32")
  public String precision;

  @Override
  Precision precision() {
    return Precision.of(precision);
  }

  @Override
  void prepare(String method) {
    DType dtype = precision().dtype();
    Operand p = numbers(dtype, parameters);
    Operand g = numbers(dtype, parameters);
    // Learning rate, 1 − β₁ᵗ, 1 − β₂ᵗ of a late step, not skipped.
    Operand hyper =
        tensor(Clock.HYPER, MemorySegment.ofArray(new double[] {1e-6, 0.999, 0.999, 0}));
    Operand m = tensor(dtype, parameters);
    Operand v = tensor(dtype, parameters);
    backend().zero(m, v);
    Op op = op(method);
    List<Operand> inputs =
        switch (method) {
          case SGD -> List.of(p, g, hyper);
          case MOMENTUM -> List.of(p, g, hyper, m);
          default -> List.of(p, g, hyper, m, v);
        };
    compile(op, inputs, List.of());
  }

  private static Op op(String method) {
    return switch (method) {
      case SGD -> new SgdStep(0, false, 0, 0);
      case MOMENTUM -> new SgdStep(0.9, false, 0, 0);
      default -> new AdamStep(0.9, 0.999, 1e-8, 0, false, 0);
    };
  }

  /** The gradient is read; parameters and moments are read and written. */
  @Override
  public Work work(String method) {
    Op op = op(method);
    int tensors = 1 + 2 * op.updates().size();
    return Work.bytes((double) tensors * parameters * precision().dtype().bytes());
  }

  /** Plain stochastic gradient descent. */
  @Benchmark
  public void sgd() {
    run();
  }

  /** With momentum 0.9. */
  @Benchmark
  public void sgdMomentum() {
    run();
  }

  /** Adam with its usual constants. */
  @Benchmark
  public void adam() {
    run();
  }
}
