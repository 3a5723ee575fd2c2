package dev.lamina.benchmarks;

import dev.lamina.benchmarks.report.Work;
import dev.lamina.op.Gemm;
import dev.lamina.type.DType;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** How fast the device multiplies at most, in each precision: the ceiling of all arithmetic. */
public class CeilingProductBenchmark extends DeviceBenchmark {
  /** The extents of the square product. */
  @Param("4096")
  public int extent;

  /** In which precision; the CPU has fp32 and fp64. */
  @Param({"fp32", "tf32", "bf16"})
  public String precision;

  @Override
  Precision precision() {
    return Precision.of(precision);
  }

  @Override
  void prepare(String method) {
    DType dtype = precision().dtype();
    compile(
        Gemm.of(false, true),
        List.of(numbers(dtype, extent, extent), numbers(dtype, extent, extent)),
        List.of(tensor(dtype, extent, extent)));
  }

  @Override
  public Work work(String method) {
    return Work.flops(2.0 * extent * extent * extent);
  }

  /** A large matrix product. */
  @Benchmark
  public void product() {
    run();
  }
}
