package dev.lamina.benchmarks;

import dev.lamina.LaminaException;
import dev.lamina.backend.Operand;
import dev.lamina.benchmarks.report.Work;
import dev.lamina.op.Activation;
import dev.lamina.type.DType;
import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Activations as operations of their own, not fused into a product. */
public class ActivationBenchmark extends DeviceBenchmark {
  /** Rows x columns. */
  @Param({"128x512", "1024x1024", "8192x4096"})
  public String shape;

  /** φ. */
  @Param({"relu", "sigmoid", "tanh", "gelu"})
  public String function;

  /** In which precision; the CPU has fp32 and fp64. */
  @Param({"fp32", "bf16"})
  public String precision;

  @Override
  Precision precision() {
    return Precision.of(precision);
  }

  @Override
  void prepare(String method) {
    int[] extents = Extents.parse("shape", shape, 2);
    DType dtype = precision().dtype();
    Operand x = numbers(dtype, extents[0], extents[1]);
    Operand y = tensor(dtype, extents[0], extents[1]);
    if (method.equals("forward")) {
      compile(activation().function().on(x.type()), List.of(x), List.of(y));
    } else {
      // The output, or the input where the gradient takes that.
      Operand output = numbers(dtype, extents[0], extents[1]);
      compile(activation().gradient(x.type()), List.of(x, output), List.of(y));
    }
  }

  private Activation activation() {
    return Arrays.stream(Activation.values())
        .filter(a -> a.label().equals(function))
        .findFirst()
        .orElseThrow(() ->
            new LaminaException(
                "parameter function="
                    + function
                    + ": expected one of "
                    + Arrays.stream(Activation.values()).map(Activation::label).toList()));
  }

  @Override
  public Work work(String method) {
    int[] extents = Extents.parse("shape", shape, 2);
    double tensor = (double) extents[0] * extents[1] * precision().dtype().bytes();
    return Work.bytes((method.equals("forward") ? 2 : 3) * tensor);
  }

  /** y = φ(x). */
  @Benchmark
  public void forward() {
    run();
  }

  /** dX = dY ∘ φ'. */
  @Benchmark
  public void backward() {
    run();
  }
}
