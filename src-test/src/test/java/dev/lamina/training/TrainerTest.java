package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.Dataset;
import dev.lamina.loss.BinaryCrossEntropy;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.loss.SquaredError;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.optim.Adam;
import dev.lamina.optim.AdamW;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import dev.lamina.optim.Sgd;
import dev.lamina.suite.BackendVariant;
import dev.lamina.suite.BackendVariants;
import dev.lamina.train.DataPlacement;
import dev.lamina.train.DeviceData;
import dev.lamina.train.EpochReport;
import dev.lamina.train.Evaluation;
import dev.lamina.train.Evaluator;
import dev.lamina.train.History;
import dev.lamina.train.Predictor;
import dev.lamina.train.Trainer;
import dev.lamina.train.TrainingListener;
import dev.lamina.train.TrainingStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Training, evaluation and prediction as a library user sees them. */
class TrainerTest {
  private static final Dataset TRAIN = Networks.blobs(600, 12, 4, 9);
  private static final Dataset HELD = TRAIN.range(0, 101);

  private static Sequential network(int outputs) {
    return new Sequential(new Linear(12, 24, Activation.RELU), new Linear(24, outputs));
  }

  @TestFactory
  Stream<DynamicTest> learnsOnEveryBackendWithEveryOptimizer() {
    List<Optimizer> optimizers =
        List.of(
            new Adam(0.01),
            new AdamW(0.01),
            new Sgd(0.1),
            new Sgd(Schedule.cosine(0.05, 100, 0).withWarmup(5), 0.9, true, 1e-4));
    return BackendVariants.all().stream()
        .flatMap(v ->
            optimizers.stream().map(o -> DynamicTest.dynamicTest(v + " " + o, () -> learns(v, o))));
  }

  private void learns(BackendVariant variant, Optimizer optimizer) {
    try (Backend backend = variant.open().get();
        Model model = Model.create(network(4), 12, backend, 3)) {
      History history =
          new Trainer(model).optimizer(optimizer).batchSize(32).seed(5).fit(TRAIN, HELD, 4);
      assertEquals(4, history.epochs().size());
      Evaluation best = history.epochs().get(history.best() - 1).validation();
      assertTrue(best.accuracy() > 0.95, history::toString);
      assertEquals(101, best.samples());
    }
  }

  @Test
  void evaluatesAsOneWouldByHand() {
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(network(4), 12, backend, 3);
        Predictor predictor = new Predictor(model, new SoftmaxCrossEntropy(), 40);
        DeviceData data = DeviceData.upload(backend, HELD, new SoftmaxCrossEntropy(), 4);
        Evaluator evaluator = new Evaluator(model, new SoftmaxCrossEntropy(), data, 32)) {
      float[] probabilities = predictor.predict(HELD);
      double loss = 0;
      int right = 0;
      for (int i = 0; i < HELD.size(); i++) {
        int best = 0;
        for (int k = 1; k < 4; k++) {
          best = probabilities[4 * i + k] > probabilities[4 * i + best] ? k : best;
        }
        right += best == HELD.label(i) ? 1 : 0;
        loss -= Math.log(probabilities[4 * i + HELD.label(i)]) / HELD.size();
      }
      Evaluation evaluation = evaluator.evaluate();
      assertEquals(loss, evaluation.loss(), 1e-5);
      assertEquals((double) right / HELD.size(), evaluation.accuracy(), 1e-12);
      assertEquals(evaluation, evaluator.evaluate(), "a second evaluation");
    }
  }

  @Test
  void keepsTheBestParametersAndReportsEveryEpoch() {
    List<Double> seen = new ArrayList<>();
    List<double[]> parameters = new ArrayList<>();
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(network(4), 12, backend, 3)) {
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void onEpoch(EpochReport report) {
              seen.add(report.loss());
              parameters.add(Networks.parameters(model));
            }
          };
      // A rate so large that later epochs are not always better.
      History history =
          new Trainer(model)
              .optimizer(new Adam(0.3))
              .batchSize(32)
              .listener(listener)
              .fit(TRAIN, HELD, 6);
      assertEquals(history.epochs().stream().map(EpochReport::loss).toList(), seen);
      assertArrayEquals(parameters.get(history.best() - 1), Networks.parameters(model));
      Evaluation best = history.epochs().get(history.best() - 1).validation();
      history.epochs().forEach(e -> assertFalse(e.validation().betterThan(best)));
    }
  }

  @Test
  void stopsWhenAsked() {
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(network(4), 12, backend, 3)) {
      Trainer trainer = new Trainer(model);
      trainer.listener(
          new TrainingListener() {
            @Override
            public void onEpoch(EpochReport report) {
              if (report.epoch() == 2) {
                trainer.stop();
              }
            }
          });
      History history = trainer.fit(TRAIN, HELD, 1000);
      assertTrue(history.stopped());
      assertEquals(2, history.epochs().size());
    }
  }

  @Test
  void heedsAStopBeforeTrainingOnce() {
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(network(4), 12, backend, 3)) {
      Trainer trainer = new Trainer(model);
      trainer.stop();
      History stopped = trainer.fit(TRAIN, HELD, 2);
      assertTrue(stopped.stopped());
      assertTrue(stopped.epochs().isEmpty());
      assertEquals(2, trainer.fit(TRAIN, HELD, 2).epochs().size());
    }
  }

  @Test
  void regressionApproachesTheNoise() {
    Random random = new Random(2);
    float[] x = new float[500 * 3];
    float[] y = new float[500 * 2];
    for (int i = 0; i < 500; i++) {
      for (int j = 0; j < 3; j++) {
        x[3 * i + j] = (float) random.nextGaussian();
      }
      y[2 * i] = 2 * x[3 * i] - x[3 * i + 1] + 0.5f;
      y[2 * i + 1] = x[3 * i + 2] + (float) (0.1 * random.nextGaussian());
    }
    Dataset data = Dataset.regression(x, 3, y, 2);
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(new Linear(3, 2), 3, backend, 3)) {
      History history =
          new Trainer(model)
              .loss(new SquaredError())
              .optimizer(new Adam(0.05))
              .batchSize(50)
              .fit(data, data, 40);
      Evaluation last = history.epochs().getLast().validation();
      assertEquals(Math.sqrt(0.01 / 2), last.rmse(), 0.005);
      assertFalse(last.hasAccuracy());
    }
  }

  @Test
  void binaryCrossEntropyWithOneOutputOrOneForEachClass() {
    Dataset two = Networks.blobs(400, 12, 2, 5);
    for (int outputs : new int[] {1, 2}) {
      try (Backend backend = Backends.open("cpu");
          Model model = Model.create(network(outputs), 12, backend, 3)) {
        History history =
            new Trainer(model)
                .loss(new BinaryCrossEntropy())
                .optimizer(new Adam(0.01))
                .batchSize(32)
                .fit(two, two, 5);
        assertTrue(history.epochs().getLast().validation().accuracy() > 0.95, history::toString);
      }
    }
  }

  @Test
  void refusesDataThatDoNotFit() {
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(network(3), 12, backend, 3)) {
      LaminaException classes =
          assertThrows(LaminaException.class, () -> new Trainer(model).fit(TRAIN, null, 1));
      assertTrue(classes.getMessage().contains("4 classes"), classes::getMessage);
      Dataset narrow = Networks.blobs(10, 5, 3, 1);
      LaminaException width =
          assertThrows(LaminaException.class, () -> new Trainer(model).fit(narrow, null, 1));
      assertTrue(width.getMessage().contains("5 features"), width::getMessage);
      assertTrue(width.getMessage().contains("12 inputs"), width::getMessage);
    }
  }

  /** At a rate that is far too high, although no number becomes infinite. */
  @Test
  void saysThatTheTrainingDiverged() {
    Dataset real =
        Dataset.regression(
            new float[] {0, 1, 2, 3, 4, 5, 6, 7}, 1, new float[] {-1, 1, -1, 1, -1, 1, -1, 1}, 1);
    Sequential line = new Sequential(new Linear(1, 8, Activation.RELU), new Linear(8, 1));
    try (Backend backend = Backends.open("cpu");
        Model classes = Model.create(network(4), 12, backend, 3);
        Model curve = Model.create(line, 1, backend, 3)) {
      for (double rate : new double[] {0.01, 1e4}) {
        boolean wild = rate > 1;
        classes.initialize(3);
        curve.initialize(3);
        History first = new Trainer(classes).optimizer(new Adam(rate)).fit(TRAIN, HELD, 3);
        History second =
            new Trainer(curve)
                .loss(new SquaredError())
                .optimizer(new Adam(rate))
                .batchSize(2)
                .fit(real, null, 3);
        for (History history : List.of(first, second)) {
          assertEquals(wild, history.diverged(), history::toString);
          for (EpochReport epoch : history.epochs()) {
            assertEquals(wild, epoch.diverged(), epoch::toString);
          }
        }
      }
    }
  }

  @Test
  void refusesBatchesOfNothing() {
    Loss loss = new SoftmaxCrossEntropy();
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(network(4), 12, backend, 3);
        DeviceData data = DeviceData.upload(backend, HELD, loss, 4)) {
      for (int size : new int[] {0, -1, Integer.MIN_VALUE}) {
        for (Runnable use :
            List.<Runnable>of(
                () -> new Predictor(model, loss, size),
                () -> new Evaluator(model, loss, data, size),
                () -> Evaluator.place("data", model, loss, HELD, size, DataPlacement.AUTO),
                () -> new Trainer(model).batchSize(size),
                () -> TrainingStep.of(model).batchSize(size))) {
          LaminaException e = assertThrows(LaminaException.class, use::run);
          assertEquals("batch size " + size + ": expected 1 or more", e.getMessage());
        }
      }
    }
  }

  @Test
  void takesABatchLargerThanTheData() {
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(network(4), 12, backend, 3)) {
      History history = new Trainer(model).batchSize(10_000).fit(HELD, null, 3);
      assertEquals(3, history.epochs().size());
      assertEquals(3, history.best());
    }
  }
}
