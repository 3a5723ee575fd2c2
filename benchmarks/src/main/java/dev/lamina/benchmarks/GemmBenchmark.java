package dev.lamina.benchmarks;

import dev.lamina.LaminaException;
import dev.lamina.backend.Operand;
import dev.lamina.benchmarks.report.Work;
import dev.lamina.op.Gemm;
import dev.lamina.type.DType;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * The matrix product D = op(A)·op(B), D [m, n], inner extent k: square, and the shapes of the
 * layers that the training steps have.
 */
public class GemmBenchmark extends DeviceBenchmark {
  /** m x n x k, or one number for all three. */
  @Param({
    "512",
    "1024",
    "2048",
    "4096",
    "128x512x784",
    "128x10x512",
    "512x784x128",
    "1024x1024x784",
    "1024x1024x1024"
  })
  public String shape;

  /**
   * Which of A and B are transposed: {@code nt} is a layer's forward pass x·Wᵀ, {@code nn} its
   * input gradient, {@code tn} its weight gradient.
   */
  @Param({"nn", "nt", "tn"})
  public String transpose;

  /** In which precision; the CPU has fp32 and fp64. */
  @Param({"fp32", "tf32", "bf16"})
  public String precision;

  @Override
  Precision precision() {
    return Precision.of(precision);
  }

  @Override
  void prepare(String method) {
    int[] mnk = Extents.parse("shape", shape, 3);
    int m = mnk[0];
    int n = mnk[1];
    int k = mnk[2];
    if (!transpose.matches("[nt]{2}")) {
      throw new LaminaException(
          "parameter transpose=" + transpose + ": expected nn, nt, tn or tt, a letter for A and B");
    }
    boolean ta = transpose.charAt(0) == 't';
    boolean tb = transpose.charAt(1) == 't';
    DType dtype = precision().dtype();
    Operand a = ta ? numbers(dtype, k, m) : numbers(dtype, m, k);
    Operand b = tb ? numbers(dtype, n, k) : numbers(dtype, k, n);
    compile(Gemm.of(ta, tb), List.of(a, b), List.of(tensor(dtype, m, n)));
  }

  @Override
  public Work work(String method) {
    int[] mnk = Extents.parse("shape", shape, 3);
    return Work.flops(2.0 * mnk[0] * mnk[1] * mnk[2]);
  }

  /** One product. */
  @Benchmark
  public void product() {
    run();
  }
}
