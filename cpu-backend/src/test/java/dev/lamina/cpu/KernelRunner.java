package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.op.Op;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Runs an operation's tasks without a backend, in several orders that must give the same bits. */
final class KernelRunner {
  /** Both implementations. */
  static final List<Kernels> ALL = List.of(new PlainKernels(), new VectorKernels());

  private enum Order {
    FORWARD,
    SHUFFLED,
    CONCURRENT
  }

  /** The outputs, and the inputs as they are afterwards. */
  record Result(List<double[]> outputs, List<double[]> inputs) {}

  private KernelRunner() {}

  /** Runs in all orders, and in place too where the operation allows it. */
  static Result run(Kernels kernels, Op op, List<TensorType> types, List<double[]> values) {
    Run first = run(kernels, op, types, values, Order.FORWARD, false);
    for (Order order : Order.values()) {
      first.assertSame(run(kernels, op, types, values, order, false), op + " " + order);
      if (op.inPlace() >= 0 && types.get(op.inPlace()).equals(op.infer(types).getFirst())) {
        first.assertSame(
            run(kernels, op, types, values, order, true), op + " " + order + " in place");
      }
    }
    return new Result(first.outputs, first.inputs);
  }

  private record Run(
      List<byte[]> outputBytes,
      List<byte[]> updated,
      List<double[]> outputs,
      List<double[]> inputs) {
    void assertSame(Run other, String what) {
      for (int i = 0; i < outputBytes.size(); i++) {
        assertArrayEquals(outputBytes.get(i), other.outputBytes.get(i), what);
      }
      for (int i = 0; i < updated.size(); i++) {
        assertArrayEquals(updated.get(i), other.updated.get(i), what);
      }
    }
  }

  private static Run run(
      Kernels kernels,
      Op op,
      List<TensorType> types,
      List<double[]> values,
      Order order,
      boolean inPlace) {
    try (Arena arena = Arena.ofShared();
        OwnWorkspace workspace = new OwnWorkspace()) {
      List<Buffer> inputs = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        inputs.add(buffer(arena, types.get(i), values.get(i)));
      }
      List<byte[]> before = inputs.stream().map(KernelRunner::bytes).toList();
      List<Buffer> outputs = new ArrayList<>();
      for (TensorType type : op.infer(types)) {
        boolean shared = inPlace && outputs.isEmpty();
        outputs.add(shared ? inputs.get(op.inPlace()) : garbage(arena, type));
      }
      execute(kernels.bind(op, inputs, outputs, workspace), order);
      List<byte[]> updated = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        if (op.updates().contains(i)) {
          updated.add(bytes(inputs.get(i)));
        } else if (!inPlace || i != op.inPlace()) {
          assertArrayEquals(before.get(i), bytes(inputs.get(i)), op + " changed input " + i);
        }
      }
      return new Run(
          outputs.stream().map(KernelRunner::bytes).toList(),
          updated,
          outputs.stream().map(KernelRunner::values).toList(),
          inputs.stream().map(KernelRunner::values).toList());
    }
  }

  private static void execute(List<Task> tasks, Order order) {
    for (Task task : tasks) {
      List<Integer> chunks = new ArrayList<>(IntStream.range(0, task.chunks()).boxed().toList());
      if (order != Order.FORWARD) {
        Collections.shuffle(chunks, new Random(chunks.size()));
      }
      if (order == Order.CONCURRENT) {
        chunks.parallelStream().forEach(task::run);
      } else {
        chunks.forEach(task::run);
      }
    }
  }

  static Buffer buffer(Arena arena, TensorType type, double[] values) {
    assertEquals(type.size(), values.length, type.toString());
    // Not at the start of an allocation, so that accesses are as badly aligned as may happen.
    int lead = type.dtype().bytes();
    MemorySegment s = arena.allocate(type.bytes() + lead, 64).asSlice(lead);
    for (int i = 0; i < values.length; i++) {
      switch (type.dtype()) {
        case FP32 -> s.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
        case FP64 -> s.setAtIndex(ValueLayout.JAVA_DOUBLE, i, values[i]);
        case BF16 -> s.setAtIndex(ValueLayout.JAVA_SHORT, i, BFloat16.of(values[i]));
        case INT32 -> s.setAtIndex(ValueLayout.JAVA_INT, i, (int) values[i]);
        case UINT8 -> s.set(ValueLayout.JAVA_BYTE, i, (byte) (int) values[i]);
      }
    }
    return new Buffer(s, type);
  }

  private static Buffer garbage(Arena arena, TensorType type) {
    MemorySegment s = arena.allocate(type.bytes(), 64);
    s.fill((byte) 0xAB);
    return new Buffer(s, type);
  }

  private static byte[] bytes(Buffer buffer) {
    return buffer.segment().toArray(ValueLayout.JAVA_BYTE);
  }

  private static double[] values(Buffer buffer) {
    double[] result = new double[Math.toIntExact(buffer.type().size())];
    for (int i = 0; i < result.length; i++) {
      result[i] = Scratch.get(buffer, i);
    }
    return result;
  }

  /** Values rounded to what a type holds. */
  static double[] rounded(DType dtype, double[] values) {
    double[] result = values.clone();
    if (dtype == DType.FP32 || dtype == DType.BF16) {
      for (int i = 0; i < result.length; i++) {
        result[i] =
            dtype == DType.FP32 ? (float) result[i] : BFloat16.toFloat(BFloat16.of(result[i]));
      }
    }
    return result;
  }

  /**
   * Checks that values agree: not-a-numbers and infinities exactly, others to {@code ulps} units in
   * the last place of the type, of the expected value or of {@code magnitude} if that is larger.
   */
  static void assertClose(
      String what, DType dtype, double ulps, double magnitude, double[] expected, double[] got) {
    assertEquals(expected.length, got.length, what);
    double epsilon = dtype == DType.FP32 ? 0x1p-24 : 0x1p-53;
    double tiny = dtype == DType.FP32 ? Float.MIN_VALUE : Double.MIN_VALUE;
    for (int i = 0; i < got.length; i++) {
      double e = dtype == DType.FP32 ? (float) expected[i] : expected[i];
      boolean same = Double.compare(e, got[i]) == 0 || e == got[i];
      double error = Math.abs(e - got[i]);
      double allowed = ulps * (2 * epsilon * Math.max(Math.abs(e), magnitude) + tiny);
      if (!same && !(error <= allowed && Double.isFinite(e))) {
        throw new AssertionError(
            what
                + ": element "
                + i
                + ": expected "
                + e
                + ", got "
                + got[i]
                + ", allowed error "
                + allowed);
      }
    }
  }
}
