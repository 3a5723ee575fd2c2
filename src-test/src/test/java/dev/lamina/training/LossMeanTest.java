package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.loss.SquaredError;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.optim.Sgd;
import dev.lamina.suite.BackendVariants;
import dev.lamina.train.LossReport;
import dev.lamina.train.Targets;
import dev.lamina.train.TrainingStep;
import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Mean losses are right beside losses of any size. */
class LossMeanTest {
  private static final int BATCH = 4;

  @TestFactory
  Stream<DynamicTest> aSpikeDoesNotOutshineWhatFollows() {
    return BackendVariants.onEachOpen(LossMeanTest::spike);
  }

  private static void spike(Backend backend) {
    try (Model model = Model.create(new Linear(1, 1), 1, backend, 1);
        TrainingStep step =
            TrainingStep.of(model)
                .loss(new SquaredError())
                .optimizer(new Sgd(1e-30))
                .batchSize(BATCH)
                .targets(Targets.VALUES)
                .build()) {
      // The loss is then the mean of the squared targets.
      model.write("weight", MemorySegment.ofArray(new float[1]));
      for (float target : new float[] {3, 1e15f, 3, 0.5f, 1e-3f, 1e17f, 0.25f}) {
        double loss = (double) target * target;
        step.feed(
            MemorySegment.ofArray(new float[] {1, 1, 1, 1}),
            MemorySegment.ofArray(new float[] {target, -target, target, -target}));
        step.run(2);
        step.run(1);
        LossReport report = step.losses();
        assertEquals(loss, report.mean(), 1e-6 * loss);
        assertEquals(loss, report.last(), 1e-6 * loss);
      }
      assertEquals(21, step.steps());
      assertTrue(Double.isNaN(step.losses().mean()), "no step since");
    }
  }
}
