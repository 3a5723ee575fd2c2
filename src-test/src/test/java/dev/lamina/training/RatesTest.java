package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.loss.SquaredError;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.op.Activation;
import dev.lamina.optim.Schedule;
import dev.lamina.optim.Sgd;
import dev.lamina.suite.BackendVariants;
import dev.lamina.train.Targets;
import dev.lamina.train.TrainingStep;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Steps take the rates that the schedule gives, whether the device or the host asks it. */
class RatesTest {
  /** One weight, 1 at the start; its gradient is 2 w at every step. */
  private static final Linear ONE = new Linear(1, 1, false, Activation.IDENTITY, Initializer.ONES);

  private static TrainingStep step(Model model, Schedule schedule) {
    TrainingStep step =
        TrainingStep.of(model)
            .loss(new SquaredError())
            .optimizer(new Sgd(schedule, 0, false, 0))
            .targets(Targets.VALUES)
            .batchSize(1)
            .build();
    step.feed(MemorySegment.ofArray(new float[] {1}), MemorySegment.ofArray(new float[1]));
    return step;
  }

  private static double weight(Model model) {
    return Networks.parameters(model)[0];
  }

  /** The weights after each of some runs of steps. */
  private static double[] weights(Backend backend, Schedule schedule, int... runs) {
    double[] weights = new double[runs.length];
    try (Model model = Model.create(ONE, 1, backend, 1);
        TrainingStep step = step(model, schedule)) {
      for (int i = 0; i < runs.length; i++) {
        step.run(runs[i]);
        weights[i] = weight(model);
      }
    }
    return weights;
  }

  @TestFactory
  Stream<DynamicTest> theHostsRatesAreTheDevices() {
    return BackendVariants.onEachOpen(backend -> {
      int[] runs = {1, 1, 3, 1, 7, 2};
      for (Schedule schedule :
          List.of(
              Schedule.constant(0.125),
              Schedule.step(0.25, 2, 0.5),
              Schedule.cosine(0.3, 9, 0.01).withWarmup(4))) {
        List<Long> asked = new ArrayList<>();
        Schedule own =
            step -> {
              asked.add(step);
              return schedule.rate(step);
            };
        double[] weights = weights(backend, own, runs);
        assertArrayEquals(weights(backend, schedule, runs), weights, 1e-6, schedule.toString());
        assertTrue(weights[0] < 1 && weights[0] > weights[5], "it learns");
        assertEquals(Stream.iterate(0L, s -> s + 1).limit(15).toList(), asked);
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> ratesAreSetBetweenSteps() {
    return BackendVariants.onEachOpen(backend -> {
      Schedule.Settable rate = new Schedule.Settable(0);
      try (Model model = Model.create(ONE, 1, backend, 1);
          TrainingStep step = step(model, rate)) {
        step.run(3);
        assertEquals(1, weight(model));
        rate.set(0.25);
        step.run();
        assertEquals(0.5, weight(model));
        rate.set(0);
        step.run(2);
        assertEquals(0.5, weight(model));
      }
    });
  }

  /** Of more steps than there are rates on the device at a time. */
  @TestFactory
  Stream<DynamicTest> longRunsTakeTheirOwnRates() {
    return BackendVariants.onEach(
        BackendVariants.cpu(1),
        variant -> {
          try (Backend backend = variant.open().get()) {
            Schedule late = step -> step == 4100 || step == 9000 ? 0.25 : 0;
            double[] expected = {1, 1, 0.5, 0.5, 0.25};
            assertArrayEquals(expected, weights(backend, late, 4096, 4, 1, 4899, 5000));
            assertArrayEquals(new double[] {0.25}, weights(backend, late, 10_000));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> whatIsNoRateIsToldAndChangesNothing() {
    return BackendVariants.onEachOpen(backend -> {
      double[] rates = {0.25, Double.NaN, -1, Double.POSITIVE_INFINITY};
      int[] which = {0};
      try (Model model = Model.create(ONE, 1, backend, 1);
          TrainingStep step = step(model, s -> rates[which[0]])) {
        for (which[0] = 1; which[0] < rates.length; which[0]++) {
          String message = assertThrows(LaminaException.class, step::run).getMessage();
          assertTrue(message.contains("rate " + rates[which[0]] + " for step 0"), message);
        }
        assertEquals(0, step.steps());
        which[0] = 0;
        step.run();
        assertEquals(0.5, weight(model));
      }
    });
  }
}
