package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Operand;
import dev.lamina.op.ActivateGradientBias;
import dev.lamina.op.Activation;
import dev.lamina.op.CountCorrect;
import dev.lamina.op.LossFunction;
import dev.lamina.op.LossWithGradient;
import dev.lamina.op.Op;
import dev.lamina.op.Reduce;
import dev.lamina.oracle.Expected;
import dev.lamina.oracle.Oracle;
import dev.lamina.oracle.Result;
import dev.lamina.oracle.Value;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Reductions by many blocks, on the emulator: one kernel, whose last block to arrive finishes, the
 * same bits whichever block that is, and again in every replay.
 */
class LastBlockTest extends EmulatedProducts {
  private static final int REPLAYS = 9;

  private static Stream<OpCase> cases() {
    List<OpCase> cases = new ArrayList<>();
    for (Reduce.Kind kind : Reduce.Kind.values()) {
      cases.add(reduce(kind, Reduce.Axis.ALL, DType.FP32, 100, 300));
      cases.add(reduce(kind, Reduce.Axis.COLUMNS, DType.BF16, 3, 20_000));
      cases.add(reduce(kind, Reduce.Axis.ROWS, DType.FP32, 300, 70));
      cases.add(reduce(kind, Reduce.Axis.ROWS, DType.BF16, 100, 264));
      cases.add(reduce(kind, Reduce.Axis.ROWS, DType.FP64, 70, 66));
    }
    for (long columns : new long[] {10, 64}) {
      TensorType x = TensorType.of(DType.BF16, 150, columns);
      cases.add(of(new ActivateGradientBias(Activation.TANH), Samplers.NORMAL, x, x));
    }
    for (DType dtype : CaseList.FLOATING) {
      for (long[] shape : new long[][] {{100, 10}, {5, 2000}}) {
        TensorType z = TensorType.of(dtype, shape);
        TensorType y = TensorType.of(DType.INT32, shape[0]);
        LossFunction function = LossFunction.SOFTMAX_CROSS_ENTROPY;
        cases.add(of(new LossWithGradient(function), Samplers.labels(shape[1]), z, y));
        cases.add(of(new LossWithGradient(function), Samplers.ONE_HOT, z, z.as(dtype.full())));
        if (dtype.isFull()) {
          Op count = new CountCorrect(CountCorrect.Rule.LARGEST);
          cases.add(of(count, Samplers.labels(shape[1]), z, y, CountCorrect.COUNTER));
        }
      }
      TensorType z = TensorType.of(dtype, 100, 250);
      for (LossFunction function :
          List.of(LossFunction.BINARY_CROSS_ENTROPY, LossFunction.MEAN_SQUARED_ERROR)) {
        cases.add(of(new LossWithGradient(function), Samplers.UNIT, z, z.as(dtype.full())));
      }
    }
    return cases.stream();
  }

  private static OpCase reduce(Reduce.Kind kind, Reduce.Axis axis, DType dtype, long... shape) {
    return of(new Reduce(kind, axis, dtype == DType.BF16), null, TensorType.of(dtype, shape));
  }

  private static OpCase of(Op op, Sampler second, TensorType... types) {
    List<Sampler> samplers =
        List.of(
            Samplers.NORMAL,
            second == null ? Samplers.NORMAL : second,
            Sampler.fixed("counter", 41));
    return new OpCase(
        op, types[0].dtype(), List.of(types), samplers.subList(0, types.length), false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void oneKernelAndTheSameBitsInEveryOrder(OpCase opCase) {
    List<byte[]> first = null;
    for (String order : List.of("forward", "reverse", "random")) {
      emulator.set("thread_order", order);
      for (int times : new int[] {1, REPLAYS}) {
        List<byte[]> found = run(opCase, times);
        if (first == null) {
          first = found;
        }
        for (int i = 0; i < found.size(); i++) {
          assertArrayEquals(first.get(i), found.get(i), order + ", " + times + " times");
        }
      }
    }
  }

  /**
   * All memory after the last of so many runs, each from the same content, the last one checked.
   */
  private List<byte[]> run(OpCase opCase, int times) {
    List<Value> inputs = opCase.inputs();
    List<TensorType> types = new ArrayList<>(opCase.types());
    types.addAll(opCase.outputs());
    try (Backend backend = Backends.open("cuda", FIRST);
        Stage stage = new Stage(backend, Placement.ALIGNED, types)) {
      List<Operand> operands = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        operands.add(stage.operand(i));
        if (i < inputs.size()) {
          stage.put(i, inputs.get(i));
        }
      }
      int count = inputs.size();
      Call call =
          new Call(
              "case",
              opCase.op(),
              operands.subList(0, count),
              operands.subList(count, types.size()));
      // Two, so that they are captured and replayed.
      try (Executable executable = backend.compile("case", List.of(call, call))) {
        for (int i = 1; i < times; i++) {
          stage.write();
          executable.run();
        }
        stage.write();
        long launches = emulator.counter("launches");
        executable.run();
        List<byte[]> content = stage.read();
        assertEquals(2, emulator.counter("launches") - launches);
        check(opCase, inputs, stage, content);
        return content;
      }
    }
  }

  private static void check(OpCase opCase, List<Value> inputs, Stage stage, List<byte[]> content) {
    Result result = Oracle.run(opCase.op(), inputs);
    Map<Integer, Expected> expected = new TreeMap<>();
    for (int i = 0; i < result.outputs().size(); i++) {
      expected.put(inputs.size() + i, result.outputs().get(i));
    }
    expected.forEach(
        (i, e) -> assertNull(Comparison.mismatch(e, stage.value(i, content)), opCase::toString));
  }
}
