package dev.lamina.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.benchmarks.compare.Problem;
import dev.lamina.benchmarks.compare.ReferenceStep;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepLineTest {
  /** The shuffled batch is the problem's batch: its losses are the reference's. */
  @Test
  void measuresTheProblem() {
    String problem = "13-16-4:32";
    Map<String, Object> line =
        StepLine.measure(
            StepLine.options(
                "--problem",
                problem,
                "--device",
                "cpu",
                "--seconds",
                "0",
                "--warm-up",
                "0",
                "--block",
                "2",
                "--threads",
                "2"));
    double[] losses = (double[]) line.get("losses");
    assertEquals(20, losses.length);
    try (ReferenceStep reference = new ReferenceStep(Problem.parse(problem), 1)) {
      for (int i = 0; i < losses.length; i++) {
        reference.step();
        assertEquals(reference.loss(), losses[i], 1e-4 * losses[0], "step " + (i + 1));
      }
    }
    assertEquals(10, line.get("steps"));
    assertEquals("cpu", line.get("device"));
    assertTrue((double) line.get("median_ms") >= (double) line.get("min_ms"));
  }

  @Test
  void mistakesAreNamed() {
    for (String[] arguments :
        new String[][] {
          {"--nonsense", "1"},
          {"--block"},
          {"--block", "0"},
          {"--block", "x"},
          {"--precision", "bf16"},
          {"--problem", "x"},
          {"--device", "tpu"}
        }) {
      assertThrows(
          LaminaException.class, () -> StepLine.measure(StepLine.options(arguments)), arguments[0]);
    }
  }
}
