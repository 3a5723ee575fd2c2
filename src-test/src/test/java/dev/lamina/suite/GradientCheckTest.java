package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.op.Elementwise;
import dev.lamina.op.GradientContext;
import dev.lamina.op.Sym;
import dev.lamina.oracle.Value;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every gradient by finite differences in fp64, on every backend that has it. */
class GradientCheckTest {
  private static final int SHOWN = 8;

  private static Map<String, List<OpCase>> cases() {
    return OpCases.all().stream()
        .filter(OpCase::differentiated)
        .collect(
            Collectors.groupingBy(
                c -> c.op().getClass().getSimpleName(), TreeMap::new, Collectors.toList()));
  }

  /** One test for each backend and operation. */
  @TestFactory
  Stream<DynamicNode> gradients() {
    return BackendVariants.all().stream()
        .filter(variant -> variant.supports(DType.FP64))
        .map(variant ->
            dynamicContainer(
                variant.name(),
                cases().entrySet().stream()
                    .map(group ->
                        dynamicTest(
                            group.getKey() + " x " + group.getValue().size(),
                            () -> check(variant, group.getValue())))));
  }

  private static void check(BackendVariant variant, List<OpCase> cases) {
    try (Backend backend = variant.open().get()) {
      GradientChecker checker = new GradientChecker(backend);
      List<String> failures = new ArrayList<>();
      cases.forEach(c -> failures.addAll(checker.failures(c)));
      assertTrue(
          failures.isEmpty(),
          () ->
              variant
                  + ": "
                  + failures.size()
                  + " gradients are wrong:\n  "
                  + failures.stream().limit(SHOWN).collect(Collectors.joining("\n  ")));
    }
  }

  /** What says that it is differentiable is checked, and nothing else is. */
  @Test
  void everyDifferentiableOperationIsChecked() {
    TreeSet<String> differentiable = new TreeSet<>();
    for (OpCase c : OpCases.all()) {
      for (int i = 0; i < c.types().size(); i++) {
        if (c.op().differentiable(i) && c.types().get(i).dtype() == DType.FP64) {
          differentiable.add(c.op().getClass().getSimpleName());
        }
      }
    }
    assertEquals(differentiable, new TreeSet<>(cases().keySet()));
  }

  /** Asking for one gradient alone gives the same as asking for all. */
  @Test
  void eachGradientCanBeAskedForAlone() {
    GradientChecker checker = new GradientChecker(new OracleBackend());
    for (OpCase c : OpCases.all()) {
      if (!c.differentiated() || c.types().size() < 2 || c.inputSize() > 200) {
        continue;
      }
      List<Value> inputs = c.inputs();
      Value weights = Samplers.NORMAL.sample(c.outputs().getFirst(), new SplittableRandom(1));
      boolean[] all = new boolean[inputs.size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = c.op().differentiable(i) && c.types().get(i).dtype().isFloating();
      }
      List<Value> together = checker.gradients(c.op(), inputs, weights, all);
      for (int i = 0; i < all.length; i++) {
        if (all[i]) {
          boolean[] one = new boolean[all.length];
          one[i] = true;
          Value alone = checker.gradients(c.op(), inputs, weights, one).get(i);
          assertArrayEquals(together.get(i).data(), alone.data(), c::toString);
        }
      }
    }
  }

  /** A gradient that is a hundred-thousandth off is found. */
  @Test
  void aWrongGradientIsFound() {
    TensorType type = TensorType.of(DType.FP64, 13);
    OpCase opCase =
        new OpCase(
            Elementwise.EXP.on(type), DType.FP64, List.of(type), List.of(Samplers.NORMAL), true);
    assertEquals(List.of(), new GradientChecker(new OracleBackend()).failures(opCase));
    Backend skewed =
        new OracleBackend() {
          @Override
          public Executable compile(String label, List<Call> calls) {
            return new OracleExecutable(calls) {
              @Override
              void execute(Call call) {
                super.execute(call);
                Value right = OracleExecutable.load(call.outputs().getFirst());
                double[] wrong = Arrays.stream(right.data()).map(x -> x * (1 + 1e-5)).toArray();
                OracleExecutable.store(call.outputs().getFirst(), new Value(right.type(), wrong));
              }
            };
          }
        };
    assertFalse(new GradientChecker(skewed).failures(opCase).isEmpty());
  }

  /** An operation without a gradient says so by its name. */
  @Test
  void operationsWithoutGradientSaySo() {
    Set<Class<?>> differentiable =
        OpCases.all().stream()
            .filter(OpCase::differentiated)
            .map(c -> c.op().getClass())
            .collect(Collectors.toSet());
    for (OpCase c : OpCases.all()) {
      if (!differentiable.contains(c.op().getClass()) && !c.types().isEmpty()) {
        UnsupportedOperationException e =
            assertThrows(UnsupportedOperationException.class, () -> gradientOf(c), c::toString);
        assertTrue(e.getMessage().contains(c.op().label()), e::getMessage);
      }
    }
  }

  private static void gradientOf(OpCase c) {
    Interpreter interpreter = new Interpreter(new OracleBackend());
    Sym one = interpreter.put(new Value(TensorType.of(DType.FP64, 1), new double[] {1}));
    List<Sym> inputs = c.types().stream().map(t -> one).toList();
    c.op()
        .gradient(
            new GradientContext(
                interpreter, inputs, List.of(one), one, new boolean[inputs.size()]));
  }
}
