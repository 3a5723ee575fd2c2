package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.op.Sym;
import dev.lamina.oracle.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The same bits, whatever the number of threads. */
class ThreadsTest {
  private static final int[] THREADS = {1, 2, 3};

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

  private static void compare(List<BackendVariant> variants) {
    List<OpCase> cases = largest();
    List<List<double[]>> first = results(variants.getFirst(), cases);
    for (int v = 1; v < variants.size(); v++) {
      List<List<double[]>> other = results(variants.get(v), cases);
      for (int c = 0; c < cases.size(); c++) {
        OpCase opCase = cases.get(c);
        String threads = THREADS[0] + " and " + THREADS[v] + " threads: ";
        assertEquals(first.get(c).size(), other.get(c).size());
        for (int i = 0; i < first.get(c).size(); i++) {
          assertArrayEquals(first.get(c).get(i), other.get(c).get(i), () -> threads + opCase);
        }
      }
    }
  }

  /** Of each operation and type the case with the largest inputs: the one cut into most chunks. */
  private static List<OpCase> largest() {
    Map<String, OpCase> found = new LinkedHashMap<>();
    for (OpCase c : OpCases.all()) {
      if (!c.outputs().isEmpty()) {
        found.merge(
            c.op().label() + c.dtype(), c, (a, b) -> a.inputSize() >= b.inputSize() ? a : b);
      }
    }
    return List.copyOf(found.values());
  }

  private static List<List<double[]>> results(BackendVariant variant, List<OpCase> cases) {
    List<List<double[]>> results = new ArrayList<>();
    try (Backend backend = variant.open().get()) {
      Interpreter interpreter = new Interpreter(backend);
      for (OpCase c : cases) {
        List<Sym> inputs = c.inputs().stream().map(interpreter::put).toList();
        List<Sym> outputs = interpreter.execute(c.op(), inputs);
        results.add(outputs.stream().map(interpreter::get).map(Value::data).toList());
      }
    }
    return results;
  }
}
