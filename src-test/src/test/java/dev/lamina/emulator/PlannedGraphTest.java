package dev.lamina.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Precision;
import dev.lamina.cuda.CostModel;
import dev.lamina.cuda.PlannedGpu;
import dev.lamina.cuda.Timeline;
import org.junit.jupiter.api.Test;

/**
 * What is planned without a device is what is captured on one: as many nodes and edges of graphs.
 */
class PlannedGraphTest extends EmulatedDevice {
  private static final int REPEATS = 8;
  private static final int LANES = 4;

  private static Timeline planned(int repeats) {
    try (PlannedGpu gpu =
            new PlannedGpu(CostModel.H200, Precision.FP32, LANES, PlannedGpu.Relu.KERNEL);
        SmallTraining training = new SmallTraining(gpu)) {
      training.step().run();
      return gpu.timeline("training step", repeats, true);
    }
  }

  @Test
  void nodesAndEdgesAreThoseOfTheCapturedGraphs() {
    try (Backend backend = SmallTraining.openCuda();
        SmallTraining training = new SmallTraining(backend)) {
      training.step().run(2); // one to warm up, one captured
      assertEquals(1, emulator.counter("captures"));
      assertEquals(planned(1).count(), emulator.counter("graph_nodes"));
      assertEquals(planned(1).edges(), emulator.counter("graph_edges"));
      training.step().run(REPEATS);
      assertEquals(2, emulator.counter("captures"));
      assertEquals(planned(1).count() + planned(REPEATS).count(), emulator.counter("graph_nodes"));
      assertEquals(planned(1).edges() + planned(REPEATS).edges(), emulator.counter("graph_edges"));
    }
  }
}
