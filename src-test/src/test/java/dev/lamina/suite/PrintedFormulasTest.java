package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.cuda.formula.FormulaKernel;
import dev.lamina.emulator.CudaEmulator;
import dev.lamina.op.Map;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Formulas of the suite as the emulated NVRTC compiles them, under every detector. */
class PrintedFormulasTest {
  private static final long LARGEST = 1000;

  /** Of the suite's formulas, as compiling one takes a second. */
  private static final int EVERY = 9;

  @Test
  void everyNinthFormulaIsRightWhenCompiled() {
    CudaEmulator emulator = CudaEmulator.orSkip();
    emulator.enableBackend();
    List<OpCase> cases = cases();
    assertTrue(cases.size() > 5, () -> cases.size() + " cases");
    List<String> failures = new ArrayList<>();
    BackendOptions untimed = BackendOptions.DEFAULT.withAutotune(false);
    try (Backend cuda = EmulatedBackend.open(emulator, () -> Backends.open("cuda", untimed))) {
      CaseRunner runner = new CaseRunner(cuda);
      cases.forEach(c -> failures.addAll(runner.failures(c)));
    }
    assertEquals(List.of(), failures);
  }

  /** One of each kernel that is not shipped, then every ninth of them. */
  private static List<OpCase> cases() {
    Set<String> kernels = new HashSet<>();
    List<OpCase> cases = new ArrayList<>();
    for (OpCase c : OpCases.all()) {
      if (c.op() instanceof Map map && c.inputSize() <= LARGEST) {
        FormulaKernel kernel = FormulaKernel.of(map.formula());
        if (kernel.module().isEmpty() && kernels.add(kernel.name())) {
          cases.add(c);
        }
      }
    }
    return IntStream.range(0, cases.size())
        .filter(i -> i % EVERY == 0)
        .mapToObj(cases::get)
        .toList();
  }
}
