package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.emulator.CudaEmulator;
import dev.lamina.op.Sym;
import dev.lamina.oracle.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The same bits, whatever the number of threads. */
class ThreadsTest {
  private static final int[] THREADS = {1, 2, 3};

  /** Several blocks on the emulator, which is slow. */
  private static final long EMULATED = 3000;

  /** One test for each rung of the CPU backend. */
  @TestFactory
  Stream<DynamicTest> sameBitsWithAnyNumberOfThreads() {
    List<List<BackendVariant>> variants =
        IntStream.of(THREADS).mapToObj(BackendVariants::cpu).toList();
    return IntStream.range(0, variants.getFirst().size())
        .mapToObj(rung ->
            DynamicTest.dynamicTest(
                variants.getFirst().get(rung).name(),
                () -> compare(variants.stream().map(v -> v.get(rung)).toList())));
  }

  /** The emulator runs a launch's threads in the order that it is told; there is none to trust. */
  @Test
  void sameBitsInAnyOrderOfCudaThreads() {
    CudaEmulator emulator = CudaEmulator.orSkip();
    BackendVariant variant =
        BackendVariants.cuda().stream()
            .filter(v -> v.largest() < Long.MAX_VALUE)
            .findFirst()
            .orElseThrow();
    List<OpCase> cases = largest(EMULATED);
    List<List<double[]>> forward;
    try (Backend backend = variant.open().get()) {
      forward = results(backend, cases);
    }
    for (String order : List.of("reverse", "random")) {
      try (Backend backend = variant.open().get()) {
        emulator.set("thread_order", order);
        compare(order + " order of threads", cases, forward, results(backend, cases));
      }
    }
  }

  private static void compare(
      String how, List<OpCase> cases, List<List<double[]>> expected, List<List<double[]>> found) {
    for (int c = 0; c < cases.size(); c++) {
      OpCase opCase = cases.get(c);
      assertEquals(expected.get(c).size(), found.get(c).size());
      for (int i = 0; i < expected.get(c).size(); i++) {
        assertArrayEquals(expected.get(c).get(i), found.get(c).get(i), () -> how + ": " + opCase);
      }
    }
  }

  private static void compare(List<BackendVariant> variants) {
    List<OpCase> cases = largest(Long.MAX_VALUE);
    List<List<double[]>> first = results(variants.getFirst(), cases);
    for (int v = 1; v < variants.size(); v++) {
      String threads = THREADS[0] + " and " + THREADS[v] + " threads";
      compare(threads, cases, first, results(variants.get(v), cases));
    }
  }

  /** Of each operation and type the case with the largest inputs: the one cut into most chunks. */
  private static List<OpCase> largest(long limit) {
    Map<String, OpCase> found = new LinkedHashMap<>();
    for (OpCase c : OpCases.all()) {
      if (!c.outputs().isEmpty() && c.inputSize() <= limit) {
        found.merge(
            c.op().label() + c.dtype(), c, (a, b) -> a.inputSize() >= b.inputSize() ? a : b);
      }
    }
    return List.copyOf(found.values());
  }

  private static List<List<double[]>> results(BackendVariant variant, List<OpCase> cases) {
    try (Backend backend = variant.open().get()) {
      return results(backend, cases);
    }
  }

  private static List<List<double[]>> results(Backend backend, List<OpCase> cases) {
    List<List<double[]>> results = new ArrayList<>();
    Interpreter interpreter = new Interpreter(backend);
    for (OpCase c : cases) {
      List<Sym> inputs = c.inputs().stream().map(interpreter::put).toList();
      List<Sym> outputs = interpreter.execute(c.op(), inputs);
      results.add(outputs.stream().map(interpreter::get).map(Value::data).toList());
    }
    return results;
  }
}
