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

/** How fast the device moves bytes at most, which other results are compared with. */
public class CeilingBenchmark extends DeviceBenchmark {
  /** The size of copies in MiB, beyond any cache. */
  @Param("256")
  public int mebibytes;

  private MemorySegment host;
  private Operand tensor;

  @Override
  void prepare(String method) {
    tensor = tensor(DType.UINT8, bytes());
    host = Arena.ofAuto().allocate(bytes(), 4096);
    host.fill((byte) 1);
    tensor.memory().write(0, host);
    if (method.equals("copy")) {
      compile(new Copy(), List.of(tensor), List.of(tensor(DType.UINT8, bytes())));
    }
  }

  private long bytes() {
    return (long) mebibytes << 20;
  }

  @Override
  public Work work(String method) {
    return switch (method) {
      case "upload" -> new Work(bytes(), Limit.UPLOAD);
      case "download" -> new Work(bytes(), Limit.DOWNLOAD);
      default -> Work.bytes(2.0 * bytes());
    };
  }

  /** A large copy on the device. */
  @Benchmark
  public void copy() {
    run();
  }

  /** A large transfer from the host. */
  @Benchmark
  public void upload() {
    tensor.memory().write(0, host);
  }

  /** A large transfer to the host. */
  @Benchmark
  public void download() {
    tensor.memory().read(0, host);
  }
}
