package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.op.BlockCopy;
import dev.lamina.op.Op;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Every operation on every backend against the oracle. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpSuiteTest {
  private static final int SHOWN = 8;

  private final Map<String, Tally> tallies = new LinkedHashMap<>();

  /** One test for each backend, operation and type. */
  @TestFactory
  Stream<DynamicNode> operations() {
    return BackendVariants.all().stream().map(this::onBackend);
  }

  private DynamicNode onBackend(BackendVariant variant) {
    Tally tally = new Tally();
    tallies.put(variant.name(), tally);
    LazyBackend backend = new LazyBackend(variant);
    Map<String, Map<DType, List<OpCase>>> groups =
        OpCases.all().stream()
            .collect(
                Collectors.groupingBy(
                    c -> c.op().getClass().getSimpleName(),
                    TreeMap::new,
                    Collectors.groupingBy(OpCase::dtype, TreeMap::new, Collectors.toList())));
    Stream<DynamicNode> tests =
        groups.entrySet().stream()
            .map(group ->
                dynamicContainer(
                    group.getKey(),
                    group.getValue().entrySet().stream()
                        .map(cases ->
                            dynamicTest(
                                cases.getKey() + " x " + cases.getValue().size(),
                                () -> run(backend, cases.getValue(), tally)))));
    return dynamicContainer(
        variant.name(), Stream.concat(tests, Stream.of(dynamicTest("close", backend::close))));
  }

  private static void run(LazyBackend backend, List<OpCase> cases, Tally tally) {
    BackendVariant variant = backend.variant();
    DType dtype = cases.getFirst().dtype();
    if (!variant.supports(dtype)) {
      cases.forEach(c -> tally.skipped(variant.unsupported().get(dtype)));
      OpCase first = cases.getFirst();
      assertThrows(
          LaminaException.class,
          () -> new CaseRunner(backend.get()).execute(first),
          () -> variant + " must refuse " + dtype + ", as it does not support it: " + first);
      return;
    }
    CaseRunner runner = new CaseRunner(backend.get());
    List<String> failures = new ArrayList<>();
    int failed = 0;
    for (OpCase opCase : cases) {
      if (opCase.inputSize() > variant.largest()) {
        tally.skipped("more than " + variant.largest() + " elements");
        continue;
      }
      List<String> found = runner.failures(opCase);
      tally.ran(opCase, found.isEmpty());
      failed += found.isEmpty() ? 0 : 1;
      failures.addAll(found);
    }
    if (failed > 0) {
      fail(
          variant
              + ": "
              + failed
              + " of "
              + cases.size()
              + " cases failed:\n  "
              + failures.stream().limit(SHOWN).collect(Collectors.joining("\n  ")));
    }
  }

  /** A new operation needs cases. */
  @Test
  void everyOperationHasCases() {
    Set<Class<?>> missing = new HashSet<>(Arrays.asList(Op.class.getPermittedSubclasses()));
    missing.remove(BlockCopy.class);
    missing.addAll(Arrays.asList(BlockCopy.class.getPermittedSubclasses()));
    OpCases.all().forEach(c -> missing.remove(c.op().getClass()));
    assertEquals(Set.of(), missing);
    assertTrue(OpCases.all().size() > 2000, () -> OpCases.all().size() + " cases");
  }

  @AfterAll
  void summary() {
    StringBuilder text = new StringBuilder("operation suite\n");
    tallies.forEach(
        (name, tally) -> text.append("  ").append(name).append(": ").append(tally).append('\n'));
    BackendVariants.unusable()
        .forEach(reason ->
            text.append("  ")
                .append(reason)
                .append(": all ")
                .append(OpCases.all().size())
                .append(" cases skipped\n"));
    System.out.print(text);
  }

  /** Opens a backend when the first test asks for it. */
  private static final class LazyBackend {
    private final BackendVariant variant;
    private Backend backend;

    LazyBackend(BackendVariant variant) {
      this.variant = variant;
    }

    BackendVariant variant() {
      return variant;
    }

    Backend get() {
      if (backend == null) {
        backend = variant.open().get();
      }
      return backend;
    }

    void close() {
      if (backend != null) {
        backend.close();
        backend = null;
      }
    }
  }
}
