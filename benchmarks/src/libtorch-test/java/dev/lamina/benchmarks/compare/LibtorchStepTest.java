package dev.lamina.benchmarks.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class LibtorchStepTest {
  @Test
  void computesTheReferencesLosses() throws IOException {
    Problem problem = Problem.parse("17-32-13-5:24");
    try (LibtorchStep libtorch = new LibtorchStep(problem, 2);
        ReferenceStep reference = new ReferenceStep(problem, 1)) {
      double first = 0;
      for (int i = 0; i < 100; i++) {
        libtorch.step();
        reference.step();
        first = i == 0 ? reference.loss() : first;
        // fp32 against double, through a hundred updates of about 1e-3 each.
        assertEquals(reference.loss(), libtorch.loss(), 1e-4 * first, "step " + i);
      }
      assertTrue(libtorch.loss() < 0.8 * first, "the loss does not fall");
    }
  }
}
