package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Operand;
import dev.lamina.op.Activation;
import dev.lamina.op.AdamStep;
import dev.lamina.op.Advance;
import dev.lamina.op.Clock;
import dev.lamina.op.Copy;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Gemm;
import dev.lamina.op.Op;
import dev.lamina.op.Reduce;
import dev.lamina.op.Softmax;
import dev.lamina.op.Transpose;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The suite finds every fault that is planted. */
class SuiteSelfTest {
  private static final Reduce SUM = new Reduce(Reduce.Kind.SUM, Reduce.Axis.COLUMNS);

  /** A fault, a case in which it shows, and what the failure must say. */
  private record Planted(Fault fault, OpCase opCase, String message) {}

  private static Stream<Planted> planted() {
    List<Planted> list = new ArrayList<>();
    for (DType d : CaseList.FLOATING) {
      TensorType v = TensorType.of(d, 13);
      TensorType m = TensorType.of(d, 13, 13);
      Sampler normal = Samplers.NORMAL;
      OpCase add = opCase(Elementwise.ADD.on(v, v), normal, v, v);
      OpCase exp = opCase(Elementwise.EXP.on(v), normal, v);
      OpCase transpose = opCase(new Transpose(), normal, m);
      OpCase softmax = opCase(new Softmax(false), normal, m);
      OpCase sum = opCase(SUM, normal, m);
      OpCase gemm =
          opCase(Gemm.of(true, false), normal, TensorType.of(d, 64, 13), TensorType.of(d, 64, 13));
      // Enough for every special number to be among them.
      TensorType many = TensorType.of(d, 1007);
      OpCase relu = opCase(Activation.RELU.function().on(many), Samplers.SPECIAL, many);
      OpCase copy = opCase(new Copy(), Samplers.SPECIAL, many);
      OpCase adam =
          new OpCase(
              new AdamStep(0.9, 0.999, 1e-8, 0, false, 0),
              d,
              List.of(v, v, Clock.HYPER, Clock.REFUSAL, v, v),
              List.of(
                  normal,
                  normal,
                  Sampler.fixed("hyper", 0.01, 0.1, 0.001, 0, 1),
                  Sampler.fixed("none", 0, 0, 0),
                  normal,
                  Samplers.POSITIVE),
              false);

      list.add(new Planted(Fault.ONE_ULP, add, "13 of 13 wrong"));
      list.add(new Planted(Fault.ONE_ULP, transpose, "169 of 169 wrong"));
      for (OpCase c : List.of(exp, softmax, sum, gemm)) {
        list.add(new Planted(Fault.THOUSAND_ULPS, c, "expected"));
        list.add(new Planted(Fault.TAIL_LEFT_OUT, c, "got NaN"));
        list.add(new Planted(Fault.TAIL_REPEATED, c, "expected"));
        list.add(new Planted(Fault.OVERRUN, c, "was overwritten"));
        list.add(new Planted(Fault.UNDERRUN, c, "was overwritten"));
        list.add(new Planted(Fault.INPUT_CHANGED, c, "of operand 0"));
        list.add(new Planted(Fault.NOT_REPEATABLE, c, "a second run gave other bits"));
        list.add(new Planted(Fault.THROWS, c, "planted"));
      }
      for (OpCase c : List.of(relu, copy)) {
        list.add(new Planted(Fault.NAN_SWALLOWED, c, "expected NaN"));
        list.add(new Planted(Fault.INFINITY_CLAMPED, c, "Infinity ± 0.0, got"));
      }
      list.add(new Planted(Fault.SIGN_OF_ZERO_LOST, copy, "expected -0.0"));
      if (CaseList.FULL.contains(d)) {
        list.add(new Planted(Fault.UPDATE_FORGOTTEN, adam, "operand 0"));
        list.add(new Planted(Fault.UPDATE_INCOMPLETE, adam, "1 of 13 wrong"));
      }
      if (d == DType.FP32) {
        list.add(new Planted(Fault.REDUCED_PRECISION, gemm, "expected"));
      }
    }
    OpCase advance = opCase(new Advance(), Samplers.clock(7), Clock.CLOCK);
    list.add(new Planted(Fault.UPDATE_FORGOTTEN, advance, "expected 8.0"));
    return list.stream();
  }

  private static OpCase opCase(Op op, Sampler sampler, TensorType... types) {
    List<Sampler> samplers = Stream.of(types).map(t -> sampler).toList();
    return new OpCase(op, types[0].dtype(), List.of(types), samplers, false);
  }

  /** Without the fault the case passes; with it, the failure says what is wrong. */
  @TestFactory
  Stream<DynamicTest> everyPlantedFaultIsFound() {
    return planted()
        .map(p ->
            DynamicTest.dynamicTest(
                p.fault() + " in " + p.opCase(),
                () -> {
                  List<String> right = new CaseRunner(new OracleBackend()).failures(p.opCase());
                  assertEquals(List.of(), right);
                  List<String> wrong =
                      new CaseRunner(new FaultyBackend(p.fault())).failures(p.opCase());
                  assertFalse(wrong.isEmpty(), "not found");
                  assertTrue(
                      wrong.stream().anyMatch(w -> w.contains(p.message())),
                      () -> "expected '" + p.message() + "' in " + wrong);
                }));
  }

  /** No operation's tolerance hides a thousandth, in any of its forms and types. */
  @TestFactory
  Stream<DynamicTest> everyOperationNoticesWrongNumbers() {
    CaseRunner wrong = new CaseRunner(new FaultyBackend(Fault.ALL_WRONG));
    Map<String, List<OpCase>> groups =
        OpCases.all().stream()
            .filter(c -> c.inputSize() <= 250)
            .collect(
                Collectors.groupingBy(
                    c -> c.op().label() + " " + c.dtype(), TreeMap::new, Collectors.toList()));
    return groups.entrySet().stream()
        .map(group ->
            DynamicTest.dynamicTest(
                group.getKey(),
                () ->
                    assertTrue(
                        group.getValue().stream().anyMatch(c -> !wrong.failures(c).isEmpty()),
                        () -> "not noticed in any case of " + group.getKey())));
  }

  /** No fault is left that no case plants. */
  @ParameterizedTest
  @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "ALL_WRONG")
  void everyFaultIsPlanted(Fault fault) {
    assertTrue(planted().anyMatch(p -> p.fault() == fault));
  }

  /** In place, an output that is written too early shows. */
  @Test
  void inPlaceRunsAreTried() {
    TensorType type = TensorType.of(DType.FP32, 13);
    OpCase opCase = opCase(Elementwise.ADD.on(type, type), Samplers.NORMAL, type, type);
    List<String> failures = new CaseRunner(new FaultyBackend(Fault.THROWS)).failures(opCase);
    assertEquals(3, failures.size());
    assertTrue(failures.getLast().contains("in place"), failures::toString);
  }

  /**
   * Which of a NaN's bits come out of x + y is not specified in Java: interpreted and compiled code
   * of this very reference differ. A second run may give another NaN, but nothing else.
   */
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FP32", "FP64", "BF16"})
  void everyNanIsTheSame(DType dtype) {
    OpCase copy = opCase(new Copy(), Samplers.SPECIAL, TensorType.of(dtype, 207));
    assertTrue(Arrays.stream(copy.inputs().getFirst().data()).anyMatch(Double::isNaN));
    int[] changed = {0};
    OracleBackend otherNans =
        new OracleBackend() {
          @Override
          public Executable compile(String label, List<Call> calls) {
            return new OracleExecutable(calls) {
              private int runs;

              @Override
              void execute(Call call) {
                super.execute(call);
                Operand output = call.outputs().getFirst();
                changed[0] += runs++ == 0 ? 0 : changeNans(output);
              }
            };
          }
        };
    assertEquals(List.of(), new CaseRunner(otherNans).failures(copy));
    assertTrue(changed[0] > 0, "no NaN was changed");
  }

  /** Flips the lowest bit of each NaN and returns their number. */
  private static int changeNans(Operand operand) {
    int width = operand.type().dtype().bytes();
    byte[] bytes = OracleExecutable.bytes(operand);
    double[] values = OracleExecutable.load(operand).data();
    int changed = 0;
    for (int i = 0; i < values.length; i++) {
      if (Double.isNaN(values[i])) {
        int at = (int) operand.offset() + i * width;
        int lowest = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? at : at + width - 1;
        bytes[lowest] ^= 1;
        changed++;
      }
    }
    return changed;
  }
}
