package dev.lamina.benchmarks;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.benchmarks.report.Measured;
import dev.lamina.op.Op;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * What benchmarks on a device have in common: the device is opened and its calls are compiled once,
 * before anything is measured; an execution ends when the device has finished.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public abstract class DeviceBenchmark implements Measured {
  /** Where it runs; {@link Main} puts the devices here that can be used. */
  @Param({"cpu", "cuda"})
  public String device;

  /** The number of threads that the CPU computes with, 0 for the machine's cores. */
  @Param("0")
  public int threads;

  private final SplittableRandom random = new SplittableRandom(42);
  private Backend backend;
  private Executable executable;

  /** Opens the device and makes the work of one benchmark method ready. */
  @Setup(Level.Trial)
  public void open(BenchmarkParams params) {
    backend = Backends.open(device, precision().optionsOf(device).withThreads(threads));
    String name = params.getBenchmark();
    prepare(name.substring(name.lastIndexOf('.') + 1));
    backend.synchronize();
  }

  /** Closes the device and all that was made on it. */
  @TearDown(Level.Trial)
  public void close() {
    backend.close();
  }

  /** In which precision the device computes; single where a benchmark has no choice. */
  Precision precision() {
    return Precision.FP32;
  }

  /** Makes the work of a benchmark method ready. */
  abstract void prepare(String method);

  final Backend backend() {
    return backend;
  }

  /** What {@link #run} executes. */
  final void compile(Op op, List<Operand> inputs, List<Operand> outputs) {
    op.infer(inputs.stream().map(Operand::type).toList());
    executable = backend.compile(op.label(), List.of(new Call(op.label(), op, inputs, outputs)));
  }

  /** Executes what was compiled and waits for the device. */
  final void run() {
    executable.run();
    backend.synchronize();
  }

  /** A tensor whose elements are undefined, for results. */
  final Operand tensor(DType dtype, long... extents) {
    TensorType type = TensorType.of(dtype, extents);
    return new Operand(backend.allocate(type.toString(), type.bytes()), 0, type);
  }

  /** A floating-point tensor of numbers in [-1, 1). */
  final Operand numbers(DType dtype, long... extents) {
    return fill(tensor(dtype, extents), 0);
  }

  /** A tensor of integers from 0 to below a bound. */
  final Operand integers(DType dtype, int bound, long... extents) {
    return fill(tensor(dtype, extents), bound);
  }

  private Operand fill(Operand tensor, int bound) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(tensor.type().bytes(), 64);
      for (long i = 0; i < tensor.type().size(); i++) {
        switch (tensor.type().dtype()) {
          case FP32 -> host.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) uniform());
          case BF16 -> host.setAtIndex(ValueLayout.JAVA_SHORT, i, BFloat16.of((float) uniform()));
          case FP64 -> host.setAtIndex(ValueLayout.JAVA_DOUBLE, i, uniform());
          case INT32 -> host.setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt(bound));
          case UINT8 -> host.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt(bound));
        }
      }
      tensor.memory().write(0, host);
    }
    return tensor;
  }

  /** A tensor with these elements. */
  final Operand tensor(TensorType type, MemorySegment elements) {
    Memory memory = backend.allocate(type.toString(), type.bytes());
    memory.write(0, elements);
    return new Operand(memory, 0, type);
  }

  private double uniform() {
    return 2 * random.nextDouble() - 1;
  }
}
