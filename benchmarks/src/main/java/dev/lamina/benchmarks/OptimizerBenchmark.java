package dev.lamina.benchmarks;

import dev.lamina.backend.Operand;
import dev.lamina.benchmarks.report.Work;
import dev.lamina.op.AdamStep;
import dev.lamina.op.Clock;
import dev.lamina.op.Op;
import dev.lamina.op.SgdStep;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
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

  /** In which precision; in bf16 the new parameters are also written as a copy of 16 bits. */
  @Param({"fp32", "bf16"})
  public String precision;

  @Override
  Precision precision() {
    return Precision.of(precision);
  }

  @Override
  void prepare(String method) {
    DType dtype = master();
    Operand p = numbers(dtype, parameters);
    Operand g = numbers(dtype, parameters);
    // Learning rate, 1 − β₁ᵗ, 1 − β₂ᵗ of a late step, not skipped.
    Operand hyper =
        tensor(Clock.HYPER, MemorySegment.ofArray(new double[] {1e-6, 0.999, 0.999, 0, 1000}));
    Operand refusal = tensor(Clock.REFUSAL, MemorySegment.ofArray(new double[3]));
    Operand m = tensor(dtype, parameters);
    Operand v = tensor(dtype, parameters);
    backend().zero(m, v);
    List<Operand> inputs = new ArrayList<>(List.of(p, g, hyper, refusal));
    if (!method.equals(SGD)) {
      inputs.add(m);
    }
    if (!method.equals(SGD) && !method.equals(MOMENTUM)) {
      inputs.add(v);
    }
    if (copied()) {
      inputs.add(tensor(DType.BF16, parameters));
    }
    compile(op(method), inputs, List.of());
  }

  private boolean copied() {
    return precision() == Precision.BF16;
  }

  /** The type of everything but the copy. */
  private DType master() {
    return copied() ? DType.FP32 : precision().dtype();
  }

  private Op op(String method) {
    return switch (method) {
      case SGD -> new SgdStep(0, false, 0, 0, copied());
      case MOMENTUM -> new SgdStep(0.9, false, 0, 0, copied());
      default -> new AdamStep(0.9, 0.999, 1e-8, 0, false, 0, copied());
    };
  }

  /** The gradient is read; parameters and moments are read and written; the copy is written. */
  @Override
  public Work work(String method) {
    int states = op(method).updates().size() - (copied() ? 2 : 1); // neither copy nor refusal
    double each = (1.0 + 2 * states) * master().bytes() + (copied() ? DType.BF16.bytes() : 0);
    return Work.bytes(each * parameters);
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
