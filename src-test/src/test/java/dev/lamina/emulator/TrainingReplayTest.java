package dev.lamina.emulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A training run on the CUDA backend: in order, captured and replayed, in every order allowed. */
class TrainingReplayTest extends EmulatedDevice {
  /** One to warm up, graphs of eight steps at once, and single ones for the rest. */
  private static final int STEPS = 21;

  /** The parameters and the last loss after a run, in which the emulator must find nothing. */
  private double[] train(int... pieces) {
    List<Double> result = new ArrayList<>();
    try (Backend backend = SmallTraining.openCuda();
        SmallTraining training = new SmallTraining(backend)) {
      for (int piece : pieces) {
        training.step().run(piece);
      }
      assertEquals(STEPS, training.step().steps());
      result.add(training.step().losses().last());
      for (double parameter : training.parameters()) {
        result.add(parameter);
      }
    }
    assertEquals(List.of(), emulator.findings());
    assertEquals("", emulator.live());
    return result.stream().mapToDouble(d -> d).toArray();
  }

  private double[] trainInOrder() {
    System.setProperty("lamina.cuda.debug", "true");
    try {
      return train(STEPS);
    } finally {
      System.clearProperty("lamina.cuda.debug");
    }
  }

  @Test
  void replayedStepsGiveTheSameBitsAsStepsInOrder() {
    double[] expected = trainInOrder();
    assertEquals(0, emulator.counter("captures"));
    assertArrayEquals(expected, train(STEPS), "at once");
    assertEquals(2, emulator.counter("captures"), "one step and eight steps");
    assertEquals(6, emulator.counter("graph_launches"), "8 + 8 + 1 + 1 + 1 + 1 after the first");
    assertArrayEquals(expected, train(2, 3, 16), "in pieces");
    assertEquals(
        0, emulator.counter("captures_without_workspace"), "cuBLAS must not allocate in a graph");
  }

  @Test
  void replayTakesLessFromTheHost() {
    train(STEPS);
    long once = emulator.counter("allocations");
    emulator.reset();
    train(1, 1, 1, 1, 1, 8, 8);
    assertEquals(once, emulator.counter("allocations"), "no step allocates");
  }

  @Test
  void theSameBitsInEveryOrderThatCudaAllows() {
    double[] expected = trainInOrder();
    for (String schedule : List.of("eager", "random")) {
      for (String order : List.of("reverse", "random")) {
        for (int seed = 1; seed <= 2; seed++) {
          emulator.reset();
          emulator.set("schedule", schedule);
          emulator.set("thread_order", order);
          emulator.set("seed", seed);
          assertArrayEquals(expected, train(STEPS), schedule + ", " + order + ", seed " + seed);
          assertTrue(emulator.counter("graph_launches") > 0);
        }
      }
    }
  }
}
