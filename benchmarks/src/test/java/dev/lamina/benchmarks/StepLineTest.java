package dev.lamina.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.benchmarks.compare.Problem;
import dev.lamina.benchmarks.compare.ReferenceStep;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepLineTest {
  private static final String PROBLEM = "13-16-4:32";

  private static StepLine line(String... more) {
    String[] options = {"--problem", PROBLEM, "--threads", "2", "--warm-up", "0", "--block", "7"};
    String[] all = Arrays.copyOf(options, options.length + more.length);
    System.arraycopy(more, 0, all, options.length, more.length);
    return new StepLine(StepLine.options(all));
  }

  /** The shuffled batch is the problem's batch: its losses are the reference's. */
  @Test
  void losesAsTheReferenceDoes() {
    try (StepLine line = line();
        ReferenceStep reference = new ReferenceStep(Problem.parse(PROBLEM), 1)) {
      Map<String, Object> start = line.start();
      double[] losses = (double[]) start.get("losses");
      assertEquals(20, losses.length);
      for (int i = 0; i < losses.length; i++) {
        reference.step();
        assertEquals(reference.loss(), losses[i], 1e-4 * losses[0], "step " + (i + 1));
      }
      assertEquals("cpu", start.get("device"));
    }
  }

  @Test
  void measuresBlocksOfSteps() {
    try (StepLine line = line()) {
      Map<String, Object> measured = line.measure("0");
      assertEquals(5 * (int) measured.get("block"), measured.get("steps"));
      assertTrue((int) measured.get("block") >= 1 && (int) measured.get("block") <= 7);
      assertTrue((double) measured.get("median_ms") >= (double) measured.get("min_ms"));
      assertTrue((double) measured.get("gflops") > 0);
      assertThrows(LaminaException.class, () -> line.measure("soon"));
    }
  }

  @Test
  void mistakesAreNamed() {
    Map.of(
            "--nonsense", "--nonsense 1",
            "with a value", "--block",
            "--block 0", "--block 0",
            "--block x", "--block x",
            "precision 'int4'", "--precision int4",
            "precision fp64", "--precision fp64",
            "precision bf16: the CPU", "--precision bf16",
            "written as", "--problem x",
            "tpu", "--device tpu")
        .forEach((expected, arguments) -> {
          LaminaException e =
              assertThrows(
                  LaminaException.class, () -> line(arguments.split(" ")).close(), arguments);
          assertTrue(e.getMessage().contains(expected), e::getMessage);
        });
  }
}
