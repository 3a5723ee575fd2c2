package dev.lamina.benchmarks;

import dev.lamina.backend.Operand;
import dev.lamina.benchmarks.report.Work;
import dev.lamina.op.Clock;
import dev.lamina.op.Elementwise;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Dropout, whose mask is computed anew from a counter each time. */
public class DropoutBenchmark extends DeviceBenchmark {
  private static final double RATE = 0.2;

  /** Rows x columns. */
  @Param({"128x512", "1024x1024", "8192x4096"})
  public String shape;

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
    Operand clock = tensor(Clock.CLOCK, MemorySegment.ofArray(new int[] {7, 42, 0, 0}));
    Operand x = numbers(dtype, extents[0], extents[1]);
    compile(
        Elementwise.dropout(x.type(), RATE, 0),
        List.of(x, clock),
        List.of(tensor(dtype, extents[0], extents[1])));
  }

  @Override
  public Work work(String method) {
    int[] extents = Extents.parse("shape", shape, 2);
    return Work.bytes(2.0 * extents[0] * extents[1] * precision().dtype().bytes());
  }

  /** Forward; the backward pass does the same. */
  @Benchmark
  public void dropout() {
    run();
  }
}
