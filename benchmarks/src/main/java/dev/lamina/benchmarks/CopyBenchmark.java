package dev.lamina.benchmarks;

import dev.lamina.backend.Operand;
import dev.lamina.benchmarks.report.Limit;
import dev.lamina.benchmarks.report.Work;
import dev.lamina.op.Copy;
import dev.lamina.type.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Copies between the host's memory and the device's, and on the device. */
public class CopyBenchmark extends DeviceBenchmark {
  /** How many bytes: a scalar's page, a batch of 128 MNIST images, one of 1024, a large one. */
  @Param({"4096", "401408", "3211264", "67108864"})
  public int bytes;

  private MemorySegment host;
  private Operand tensor;

  @Override
  void prepare(String method) {
    host = Arena.ofAuto().allocate(bytes, 4096);
    host.fill((byte) 1);
    tensor = tensor(DType.UINT8, bytes);
    tensor.memory().write(0, host);
    if (method.equals("deviceToDevice")) {
      compile(new Copy(), List.of(tensor), List.of(tensor(DType.UINT8, bytes)));
    }
  }

  @Override
  public Work work(String method) {
    return switch (method) {
      case "hostToDevice" -> new Work(bytes, Limit.UPLOAD);
      case "deviceToHost" -> new Work(bytes, Limit.DOWNLOAD);
      default -> Work.bytes(2.0 * bytes);
    };
  }

  /** From native host memory. */
  @Benchmark
  public void hostToDevice() {
    tensor.memory().write(0, host);
  }

  /** To native host memory. */
  @Benchmark
  public void deviceToHost() {
    tensor.memory().read(0, host);
  }

  /** Read and written on the device. */
  @Benchmark
  public void deviceToDevice() {
    run();
  }
}
