package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.Dataset;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.op.LossFunction;
import dev.lamina.train.DataPlacement;
import dev.lamina.train.DataReport;
import dev.lamina.train.DeviceData;
import dev.lamina.train.EpochReport;
import dev.lamina.train.Evaluation;
import dev.lamina.train.Evaluator;
import dev.lamina.train.History;
import dev.lamina.train.Progress;
import dev.lamina.train.Trainer;
import dev.lamina.train.TrainingListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left of a training that is stopped in the middle of an epoch. */
class StoppingTest {
  private static final Dataset TRAIN = Networks.blobs(600, 12, 4, 9);
  private static final Dataset HELD = TRAIN.range(0, 101);

  private static Model model(Backend backend) {
    return Model.create(
        new Sequential(new Linear(12, 24, Activation.RELU), new Linear(24, 4)), 12, backend, 3);
  }

  /** Stops in an epoch, and keeps the parameters at each report. */
  private static final class Stopper implements TrainingListener {
    private final Trainer trainer;
    private final int epoch;
    private final Duration patience;
    private final List<double[]> parameters = new ArrayList<>();
    private final Model model;

    Stopper(Trainer trainer, Model model, int epoch, Duration patience) {
      this.trainer = trainer;
      this.model = model;
      this.epoch = epoch;
      this.patience = patience;
    }

    @Override
    public void onProgress(Progress progress) {
      if (progress.epoch() == epoch) {
        trainer.stop(patience);
      }
    }

    @Override
    public void onEpoch(EpochReport report) {
      parameters.add(Networks.parameters(model));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void withoutPatienceTheBestSoFarIsLeftOrElseWhatWasLearned(int epoch) {
    try (Backend backend = Backends.open("cpu");
        Model model = model(backend)) {
      double[] initial = Networks.parameters(model);
      Trainer trainer = new Trainer(model).batchSize(8);
      Stopper stopper = new Stopper(trainer, model, epoch, Duration.ZERO);
      History history = trainer.listener(stopper).fit(TRAIN, HELD, 1000);
      assertTrue(history.stopped());
      assertEquals(1, history.best());
      assertEquals(1, history.epochs().size());
      EpochReport report = history.epochs().getFirst();
      assertTrue(report.best());
      assertEquals(epoch == 1, report.validation() == null, "only the first is left unvalidated");
      assertEquals(1, stopper.parameters.size());
      assertArrayEquals(stopper.parameters.getFirst(), Networks.parameters(model));
      assertFalse(Arrays.equals(initial, Networks.parameters(model)));
    }
  }

  @Test
  void withPatienceTheEpochCountsAsFarAsItWent() {
    try (Backend backend = Backends.open("cpu");
        Model model = model(backend)) {
      Trainer trainer = new Trainer(model).batchSize(8);
      Stopper stopper = new Stopper(trainer, model, 2, Duration.ofDays(1));
      History history = trainer.listener(stopper).fit(TRAIN, HELD, 1000);
      assertTrue(history.stopped());
      assertEquals(2, history.epochs().size());
      history.epochs().forEach(e -> assertEquals(101, e.validation().samples()));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DataPlacement.class,
      names = {"DEVICE", "HOST"})
  void anEvaluationInPiecesIsTheSameAndCanBeGivenUp(DataPlacement placement) {
    LossFunction loss = LossFunction.SOFTMAX_CROSS_ENTROPY;
    try (Backend backend = Backends.open("cpu");
        Model model = model(backend)) {
      DataReport place = Evaluator.place("data", model, loss, TRAIN, 7, placement);
      try (DeviceData data =
              DeviceData.open(place, backend, TRAIN, loss, model.outputs(), model.dtype());
          Evaluator evaluator = new Evaluator(model, loss, data, 7)) {
        Evaluation whole = evaluator.evaluate();
        AtomicInteger asked = new AtomicInteger();
        assertEquals(whole, evaluator.evaluate(() -> asked.getAndIncrement() < 0).orElseThrow());
        assertTrue(asked.get() > 1, asked::toString);
        AtomicInteger again = new AtomicInteger();
        assertTrue(evaluator.evaluate(() -> again.incrementAndGet() == 2).isEmpty());
        assertTrue(evaluator.evaluate(() -> true).isEmpty());
        assertEquals(whole, evaluator.evaluate());
      }
    }
  }
}
