package dev.lamina.benchmarks;

import dev.lamina.LaminaException;
import dev.lamina.backend.Operand;
import dev.lamina.benchmarks.report.Work;
import dev.lamina.op.GatherRows;
import dev.lamina.type.DType;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** A batch of rows taken from a data set on the device, converted to FP32 on the way. */
public class GatherBenchmark extends DeviceBenchmark {
  private static final int SAMPLES = 60_000;
  private static final int FEATURES = 784;

  /** The number of rows. */
  @Param({"128", "1024", "8192"})
  public int batch;

  /** How the data set is stored: grey values or numbers. */
  @Param({"uint8", "fp32"})
  public String storage;

  @Override
  void prepare(String method) {
    Operand data =
        stored() == DType.UINT8
            ? integers(DType.UINT8, 256, SAMPLES, FEATURES)
            : numbers(DType.FP32, SAMPLES, FEATURES);
    double scale = stored() == DType.UINT8 ? 1 / 255.0 : 1;
    compile(
        new GatherRows(DType.FP32, scale, 0),
        List.of(data, integers(DType.INT32, SAMPLES, batch)),
        List.of(tensor(DType.FP32, batch, FEATURES)));
  }

  private DType stored() {
    return switch (storage) {
      case "uint8" -> DType.UINT8;
      case "fp32" -> DType.FP32;
      default ->
          throw new LaminaException("parameter storage=" + storage + ": expected uint8 or fp32");
    };
  }

  @Override
  public Work work(String method) {
    double elements = (double) batch * FEATURES;
    return Work.bytes(
        elements * (stored().bytes() + DType.FP32.bytes()) + (double) batch * DType.INT32.bytes());
  }

  /** One batch. */
  @Benchmark
  public void gather() {
    run();
  }
}
