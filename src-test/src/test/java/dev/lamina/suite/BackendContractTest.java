package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.op.Activation;
import dev.lamina.op.Advance;
import dev.lamina.op.Clock;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Gemm;
import dev.lamina.op.Op;
import dev.lamina.op.Reduce;
import dev.lamina.oracle.Expected;
import dev.lamina.oracle.Oracle;
import dev.lamina.oracle.Value;
import dev.lamina.threads.Threads;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every backend promises beside the operations themselves. */
class BackendContractTest {
  static List<BackendVariant> variants() {
    return BackendVariants.all();
  }

  /** Where oneDNN is known to run, no rung of the CPU backend may drop out of the suite. */
  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void everyRungOfTheCpuBackendRuns() {
    boolean cpu = Backends.providers().stream().anyMatch(p -> p.name().equals("cpu"));
    assumeTrue(cpu, "the CPU backend is not on the class path");
    assumeFalse(BackendVariants.isSelected(), "not all devices were asked for");
    long rungs = variants().stream().filter(v -> v.name().startsWith("cpu")).count();
    assertEquals(3, rungs, () -> BackendVariants.unusable().toString());
  }

  @ParameterizedTest
  @MethodSource("variants")
  void saysWhatItIs(BackendVariant variant) {
    try (Backend backend = variant.open().get()) {
      assertFalse(backend.device().id().isBlank());
      assertFalse(backend.device().name().isBlank());
      assertTrue(backend.device().memoryBytes() > 0);
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void memoryKeepsWhatIsWritten(BackendVariant variant) {
    try (Backend backend = variant.open().get();
        Memory memory = backend.allocate("a label", 1001);
        Memory other = backend.allocate("another", 1)) {
      assertEquals("a label", memory.label());
      assertEquals(1001, memory.byteSize());
      byte[] bytes = new byte[1001];
      new SplittableRandom(5).nextBytes(bytes);
      memory.write(0, MemorySegment.ofArray(bytes));
      byte[] part = {1, 2, 3};
      memory.write(998, MemorySegment.ofArray(part));
      System.arraycopy(part, 0, bytes, 998, 3);
      other.write(0, MemorySegment.ofArray(new byte[] {9}));

      byte[] read = new byte[1001];
      memory.read(0, MemorySegment.ofArray(read));
      assertArrayEquals(bytes, read);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment off = arena.allocate(7, 8);
        memory.read(13, off);
        for (int i = 0; i < 7; i++) {
          assertEquals(bytes[13 + i], off.get(ValueLayout.JAVA_BYTE, i));
        }
        memory.write(500, off);
        memory.read(0, MemorySegment.ofArray(read));
        assertEquals(bytes[13], read[500]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void closingTwiceDoesNothing(BackendVariant variant) {
    Backend backend = variant.open().get();
    Memory memory = backend.allocate("clock", 16);
    Operand clock = new Operand(memory, 0, Clock.CLOCK);
    Executable executable =
        backend.compile(
            "advance", List.of(new Call("a", new Advance(), List.of(clock), List.of())));
    assertTrue(executable.workspaceBytes() >= 0);
    executable.close();
    executable.close();
    memory.close();
    memory.close();
    backend.close();
    backend.close();
  }

  /** Calls run in order, as often as they are asked to. */
  @ParameterizedTest
  @MethodSource("variants")
  void runsAsOftenAsAsked(BackendVariant variant) {
    TensorType type = TensorType.of(DType.FP32, 4097);
    try (Backend backend = variant.open().get();
        Stage stage = new Stage(backend, Placement.ALIGNED, List.of(type, type, Clock.CLOCK))) {
      Value ones = Sampler.each("one", r -> 1).sample(type, new SplittableRandom(1));
      stage.put(0, ones);
      stage.put(1, ones);
      stage.put(2, new Value(Clock.CLOCK, new double[] {0, 1, 2, 0}));
      // x ← x + y, then y ← 2x: the order shows in the numbers.
      List<Call> calls =
          List.of(
              new Call(
                  "first",
                  Elementwise.ADD.on(type, type),
                  List.of(stage.operand(0), stage.operand(1)),
                  List.of(stage.operand(0))),
              new Call(
                  "second",
                  Elementwise.scale(2).on(type),
                  List.of(stage.operand(0)),
                  List.of(stage.operand(1))),
              new Call("third", new Advance(), List.of(stage.operand(2)), List.of()));
      try (Executable executable = backend.compile("program", calls)) {
        stage.write();
        executable.run();
        executable.run(3);
        backend.synchronize();
        List<byte[]> content = stage.read();
        double x = 1;
        double y = 1;
        for (int i = 0; i < 4; i++) {
          x += y;
          y = 2 * x;
        }
        for (int i : new int[] {0, 13, 4096}) {
          assertEquals(x, stage.value(0, content).data()[i]);
          assertEquals(y, stage.value(1, content).data()[i]);
        }
        assertEquals(4, stage.value(2, content).data()[Clock.STEP]);
        executable.run(0);
        assertEquals(4, stage.value(2, stage.read()).data()[Clock.STEP]);
      }
    }
  }

  /** Reading waits for what was started, without a synchronisation. */
  @ParameterizedTest
  @MethodSource("variants")
  void readingWaits(BackendVariant variant) {
    TensorType a = TensorType.of(DType.FP32, 207, 64);
    TensorType b = TensorType.of(DType.FP32, 64, 207);
    TensorType square = TensorType.of(DType.FP32, 207, 207);
    TensorType scalar = new TensorType(DType.FP32, Shape.scalar());
    Gemm gemm = Gemm.of(false, false);
    Op tanh = Activation.TANH.function().on(square);
    Reduce mean = new Reduce(Reduce.Kind.MEAN, Reduce.Axis.ALL);
    SplittableRandom random = new SplittableRandom(8);
    Value left = Samplers.NORMAL.sample(a, random);
    Value right = Samplers.NORMAL.sample(b, random);
    try (Backend backend = variant.open().get();
        Stage stage =
            new Stage(backend, Placement.SEPARATE, List.of(a, b, square, square, scalar))) {
      stage.put(0, left);
      stage.put(1, right);
      List<Operand> o = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        o.add(stage.operand(i));
      }
      List<Call> calls =
          List.of(
              new Call("gemm", gemm, List.of(o.get(0), o.get(1)), List.of(o.get(2))),
              new Call("tanh", tanh, List.of(o.get(2)), List.of(o.get(3))),
              new Call("mean", mean, List.of(o.get(3)), List.of(o.get(4))));
      try (Executable executable = backend.compile("chain", calls)) {
        stage.write();
        executable.run(5);
        Value got = stage.value(4, stage.read());
        Value product = Oracle.run(gemm, List.of(left, right)).outputs().getFirst().value();
        Value active = Oracle.run(tanh, List.of(product)).outputs().getFirst().value();
        Expected expected = Oracle.run(mean, List.of(active)).outputs().getFirst();
        assertEquals(expected.rounded(0), got.data()[0], 1e-6);
      }
    }
  }

  /**
   * Threads that allocate, compile, copy, run and close on one device or on two get what they would
   * get alone.
   */
  @ParameterizedTest
  @MethodSource("variants")
  void threadsTakeTurns(BackendVariant variant) throws InterruptedException {
    int rounds = variant.largest() == Long.MAX_VALUE ? 200 : 5;
    try (Backend one = variant.open().get();
        Backend other = variant.open().get()) {
      Threads.run(
          6,
          thread -> {
            SplittableRandom random = new SplittableRandom(thread);
            for (int i = 0; i < rounds; i++) {
              chain(thread % 3 == 2 ? other : one, 8 + random.nextInt(40), random);
            }
          });
    }
  }

  /** A product of a size that may be new to the backend, and what follows from it. */
  private static void chain(Backend backend, int size, SplittableRandom random) {
    TensorType square = TensorType.of(DType.FP32, size, size);
    TensorType sums = TensorType.of(DType.FP32, size);
    Value a = Sampler.each("small", r -> r.nextInt(-4, 5)).sample(square, random);
    try (Stage stage =
        new Stage(backend, Placement.SEPARATE, List.of(square, square, square, sums))) {
      stage.put(0, a);
      Operand x = stage.operand(0);
      Operand y = stage.operand(1);
      Operand z = stage.operand(2);
      Reduce sum = new Reduce(Reduce.Kind.SUM, Reduce.Axis.ROWS);
      List<Call> calls =
          List.of(
              new Call("product", Gemm.of(false, true), List.of(x, x), List.of(y)),
              new Call("sum", Elementwise.ADD.on(square, square), List.of(y, x), List.of(z)),
              new Call("sums", sum, List.of(z), List.of(stage.operand(3))));
      try (Executable executable = backend.compile("chain", calls)) {
        stage.write();
        executable.run(3);
        double[] found = stage.value(3, stage.read()).data();
        for (int j = 0; j < size; j++) {
          double expected = 0; // whole numbers, so there is no rounding
          for (int i = 0; i < size; i++) {
            expected += a.data()[i * size + j];
            for (int k = 0; k < size; k++) {
              expected += a.data()[i * size + k] * a.data()[j * size + k];
            }
          }
          assertEquals(expected, found[j]);
        }
      }
    }
  }
}
