package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.loss.BinaryCrossEntropy;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.loss.SquaredError;
import dev.lamina.nn.Dropout;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.optim.Adam;
import dev.lamina.suite.BackendVariant;
import dev.lamina.suite.BackendVariants;
import dev.lamina.train.DataPlacement;
import dev.lamina.train.DataReport;
import dev.lamina.train.DeviceData;
import dev.lamina.train.EpochReport;
import dev.lamina.train.Evaluator;
import dev.lamina.train.History;
import dev.lamina.train.NonFiniteException;
import dev.lamina.train.Trainer;
import dev.lamina.train.TrainingListener;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Batches that stream from the host are those of data on the device, bit by bit. */
class StreamedDataTest {
  private static final int FEATURES = 6;
  private static final int CLASSES = 3;
  private static final long ROW = FEATURES * 4 + 4;
  private static final Loss LOSS = new SoftmaxCrossEntropy();

  /** So much that a piece holds a whole epoch and the ring two. */
  private static final long PLENTY = 1 << 20;

  private record Case(
      Dataset data, int batch, long pieceBytes, boolean shuffle, long seed, boolean mixed) {
    Case(Dataset data, int batch, long pieceBytes, boolean shuffle, long seed) {
      this(data, batch, pieceBytes, shuffle, seed, false);
    }

    @Override
    public String toString() {
      return "%d samples %s, batches of %d, pieces of %d bytes, %s, seed %d%s"
          .formatted(
              data.size(),
              data.featureType().dtype(),
              batch,
              pieceBytes,
              shuffle ? "shuffled" : "in order",
              seed,
              mixed ? ", BF16" : "");
    }
  }

  private static List<Case> cases() {
    Dataset blobs = Networks.blobs(53, FEATURES, CLASSES, 4);
    return List.of(
        new Case(blobs, 7, 1, true, 3),
        new Case(blobs, 7, 2 * 7 * ROW, false, 3),
        new Case(blobs, 10, 3 * 10 * ROW + 5, true, -77L << 32),
        new Case(blobs, 53, 1, true, 5),
        new Case(blobs, 4, 9 * 4 * ROW, true, 1),
        new Case(blobs.range(0, 5), 2, PLENTY, true, 9),
        new Case(blobs.range(0, 1), 1, 1, true, 9),
        new Case(greys(41), 8, 1, true, 12),
        new Case(greys(41), 8, PLENTY, false, 12),
        new Case(greys(41), 8, 2 * 8 * ROW, true, 13, true));
  }

  private static Dataset greys(int samples) {
    Random random = new Random(6);
    byte[] bytes = new byte[samples * FEATURES];
    random.nextBytes(bytes);
    int[] labels = random.ints(samples, 0, CLASSES).toArray();
    return Dataset.images(bytes, FEATURES, 1 / 255.0, labels, List.of("a", "b", "c"));
  }

  private static Sequential network() {
    return new Sequential(
        new Linear(FEATURES, 9, Activation.RELU), new Dropout(0.25), new Linear(9, CLASSES));
  }

  private static DeviceData open(Backend backend, Case of, boolean streamed) {
    DType taken = of.mixed ? DType.BF16 : DType.FP32;
    return streamed
        ? DeviceData.stream(backend, of.data, LOSS, CLASSES, taken, of.pieceBytes)
        : DeviceData.upload(backend, of.data, LOSS, CLASSES, taken);
  }

  @TestFactory
  Stream<DynamicTest> theSameBitsAsOnTheDevice() {
    return BackendVariants.onEach(variant -> {
      for (Case of : cases()) {
        assertArrayEquals(run(variant, of, false), run(variant, of, true), of::toString);
      }
    });
  }

  /** Steps in pieces and a rewind, with the losses on the way; evaluations; then parameters. */
  private static double[] run(BackendVariant variant, Case of, boolean streamed) {
    try (Backend backend = variant.open().get();
        Model model = Model.create(network(), FEATURES, backend, DType.FP32, 11);
        DeviceData data = open(backend, of, streamed);
        TrainingStep step =
            TrainingStep.of(model)
                .optimizer(new Adam(0.01))
                .batchSize(of.batch)
                .data(data)
                .shuffle(of.shuffle)
                .seed(of.seed)
                .mixed(of.mixed)
                .build();
        Evaluator evaluator = new Evaluator(model, LOSS, data, 3 * of.batch)) {
      List<Double> found = new ArrayList<>();
      found.add(evaluator.evaluate().loss());
      for (int steps : new int[] {1, 3, 17, 0, 4}) {
        step.run(steps);
        found.add(step.losses().mean());
        assertTrue(steps == 0 || Double.isFinite(found.getLast()));
      }
      step.rewind(2);
      step.run(5);
      step.rewind(5);
      step.run(1);
      found.add(step.losses().mean());
      found.add(evaluator.evaluate().loss());
      found.add(evaluator.evaluate().accuracy());
      return DoubleStream.concat(
              found.stream().mapToDouble(d -> d), Arrays.stream(Networks.parameters(model)))
          .toArray();
    }
  }

  @TestFactory
  Stream<DynamicTest> allFormsOfTargetsStream() {
    Dataset two = Networks.blobs(31, FEATURES, 2, 8);
    Dataset numbers = numbers(31);
    return BackendVariants.onEach(variant -> {
      fit(variant, two, new BinaryCrossEntropy(), 1);
      fit(variant, two, new BinaryCrossEntropy(), 2);
      fit(variant, numbers, new SquaredError(), 2);
    });
  }

  private static Dataset numbers(int samples) {
    Random random = new Random(3);
    float[][] x = new float[samples][FEATURES];
    float[][] y = new float[samples][2];
    for (int i = 0; i < samples; i++) {
      for (int j = 0; j < FEATURES; j++) {
        x[i][j] = (float) random.nextGaussian();
      }
      y[i][0] = x[i][0] - x[i][1];
      y[i][1] = x[i][2];
    }
    return Dataset.regression(x, y);
  }

  /** The whole training with its validation, here and there. */
  private static void fit(BackendVariant variant, Dataset data, Loss loss, int outputs) {
    List<List<Object>> runs = new ArrayList<>();
    for (DataPlacement placement : List.of(DataPlacement.DEVICE, DataPlacement.HOST)) {
      List<Object> seen = new ArrayList<>();
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void onData(DataReport training, DataReport validation) {
              assertEquals(placement == DataPlacement.DEVICE, training.onDevice());
              assertEquals(training.onDevice(), validation.onDevice());
              String words = placement == DataPlacement.HOST ? ": streaming from" : ": on ";
              assertTrue(training.toString().startsWith("training data" + words));
              assertTrue(validation.toString().contains("as asked"));
            }

            @Override
            public void onEpoch(EpochReport report) {
              seen.add(report.loss());
              seen.add(report.validation());
            }
          };
      try (Backend backend = variant.open().get();
          Model model =
              Model.create(
                  new Sequential(new Linear(FEATURES, 5), new Linear(5, outputs)),
                  FEATURES,
                  backend,
                  1)) {
        Trainer trainer = new Trainer(model).loss(loss).batchSize(6).seed(2).data(placement);
        History history = trainer.listener(listener).fit(data, data.range(0, 14), 3);
        assertEquals(3, history.epochs().size());
        seen.add(Arrays.toString(Networks.parameters(model)));
      }
      runs.add(seen);
    }
    assertEquals(7, runs.getFirst().size());
    assertEquals(runs.getFirst(), runs.getLast(), loss + " with " + outputs + " outputs");
  }

  /** The bad batch has left the ring when the loss is looked at, and is brought again. */
  @TestFactory
  Stream<DynamicTest> aBadStepIsFoundAgain() {
    float[] features = new float[40 * FEATURES];
    for (int j = 0; j < FEATURES; j++) {
      features[25 * FEATURES + j] = (j % 2 == 0 ? 1 : -1) * 2e38f;
    }
    Dataset data = Dataset.classification(features, FEATURES, new int[40], List.of("a", "b", "c"));
    return BackendVariants.onEach(variant -> {
      try (Backend backend = variant.open().get();
          Model model = Model.create(network(), FEATURES, backend, 1);
          DeviceData streamed = DeviceData.stream(backend, data, LOSS, CLASSES, DType.FP32, 1);
          TrainingStep step =
              TrainingStep.of(model).batchSize(10).shuffle(false).data(streamed).build()) {
        step.run(7);
        NonFiniteException error = assertThrows(NonFiniteException.class, step::losses);
        assertEquals(3, error.step());
        assertTrue(error.where().startsWith("0."), error::getMessage);
        assertTrue(error.getMessage().contains(" row 5 "), error::getMessage);
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> whatIsClosedEarlyEndsItsThread() {
    Dataset data = Networks.blobs(53, FEATURES, CLASSES, 4);
    return BackendVariants.onEach(variant -> {
      try (Backend backend = variant.open().get();
          Model model = Model.create(network(), FEATURES, backend, 1);
          DeviceData streamed = DeviceData.stream(backend, data, LOSS, CLASSES, DType.FP32, 1)) {
        for (int i = 0; i < 10; i++) {
          TrainingStep step = TrainingStep.of(model).batchSize(7).data(streamed).build();
          step.run(i);
          step.close();
        }
      }
      assertEquals(
          List.of(),
          Thread.getAllStackTraces().keySet().stream()
              .map(Thread::getName)
              .filter(name -> name.equals("lamina-batches"))
              .toList());
    });
  }
}
