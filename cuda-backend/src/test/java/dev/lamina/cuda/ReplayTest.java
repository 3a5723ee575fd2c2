package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Memory;
import dev.lamina.backend.Precision;
import dev.lamina.cuda.natives.CudaLibraries;
import dev.lamina.cuda.natives.Environment;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A training step gives the same bits in order, spread over lanes and replayed as a graph. */
class ReplayTest {
  private static final int STEPS = 2 * CudaExecutable.REPEATS + 5;

  private CudaLibraries.Loaded libraries;

  @BeforeEach
  void needsAGpu() {
    switch (CudaLibraries.load(Environment.system())) {
      case CudaLibraries.Loaded loaded -> libraries = loaded;
      case CudaLibraries.Unavailable missing ->
          Assumptions.abort(missing.reason() + ". " + missing.remedy());
    }
  }

  private static CudaOptions options(boolean debug, boolean graphs, int lanes) {
    return new CudaOptions(
        debug, graphs, LaneOptions.DEFAULT.withCount(lanes), Precision.FP32, true, true, 0);
  }

  private List<Float> train(CudaOptions options, int times) {
    try (CudaBackend backend = new CudaBackend(libraries, Gpu.query(0), options);
        TrainingStep step = new TrainingStep(backend)) {
      for (int done = 0; done < STEPS; done += times) {
        step.run(times);
      }
      return step.parameters();
    }
  }

  @Test
  void everyWayOfRunningGivesTheSameBits() {
    List<Float> expected = train(options(false, false, 1), 1);
    assertEquals(expected, train(options(true, false, 1), 1), "waiting after each call");
    assertEquals(expected, train(options(false, false, 4), 1), "lanes");
    assertEquals(expected, train(options(false, true, 1), 1), "graph of one lane");
    assertEquals(expected, train(options(false, true, 2), STEPS), "graphs of two lanes");
    assertEquals(expected, train(CudaOptions.DEFAULT, 1), "graph");
    assertEquals(expected, train(CudaOptions.DEFAULT, STEPS), "graph of several steps");
  }

  @Test
  void learns() {
    try (CudaBackend backend = new CudaBackend(libraries, Gpu.query(0), CudaOptions.DEFAULT);
        TrainingStep step = new TrainingStep(backend)) {
      step.run(1);
      double first = step.losses()[1];
      step.run(60);
      assertTrue(step.losses()[1] < first / 2, () -> first + " to " + step.losses()[1]);
    }
  }

  @Test
  void whatIsClosedCannotBeUsed() {
    try (CudaBackend backend = new CudaBackend(libraries, Gpu.query(0), CudaOptions.DEFAULT)) {
      TrainingStep step = new TrainingStep(backend);
      step.close();
      assertThrows(IllegalStateException.class, () -> step.run(1));
      Memory memory = backend.allocate("x", 4);
      memory.close();
      memory.close();
      assertThrows(
          IllegalStateException.class, () -> memory.read(0, MemorySegment.ofArray(new int[1])));
    }
  }
}
