package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.ReLU;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.optim.Adam;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import dev.lamina.optim.Sgd;
import dev.lamina.suite.BackendVariant;
import dev.lamina.suite.BackendVariants;
import dev.lamina.train.DeviceData;
import dev.lamina.train.NonFiniteException;
import dev.lamina.train.TrainingStep;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A loss that is NaN or infinite stops a run and spoils nothing. */
class NonFiniteTest {
  private static final Sequential NETWORK =
      new Sequential(new Linear(6, 20), new ReLU(), new Linear(20, 3));

  private static final Sequential DEEP =
      new Sequential(
          new Linear(6, 20, Activation.RELU),
          new Linear(20, 20, Activation.RELU),
          new Linear(20, 3));

  @TestFactory
  Stream<DynamicTest> namesTheStepAndTheLayerAndKeepsTheParameters() {
    return BackendVariants.onEach(this::extremeSample);
  }

  /** Sample 25 of 40 is so large that the second layer overflows: in step 3 of batches of 10. */
  private void extremeSample(BackendVariant variant) {
    float[] features = new float[40 * 6];
    int[] labels = new int[40];
    Dataset blobs = Networks.blobs(40, 6, 3, 4);
    float[] row = new float[6];
    for (int i = 0; i < 40; i++) {
      blobs.copyRow(i, row);
      System.arraycopy(row, 0, features, i * 6, 6);
      labels[i] = blobs.label(i);
    }
    for (int j = 0; j < 6; j++) {
      features[25 * 6 + j] = (j % 2 == 0 ? 1 : -1) * 2e38f;
    }
    Dataset data = Dataset.classification(features, 6, labels, blobs.classNames());
    try (Backend backend = variant.open().get();
        Model model = Model.create(NETWORK, 6, backend, 1);
        DeviceData resident = DeviceData.upload(backend, data, new SoftmaxCrossEntropy(), 3);
        TrainingStep step =
            TrainingStep.of(model)
                .optimizer(new Sgd(0.01))
                .batchSize(10)
                .shuffle(false)
                .data(resident)
                .build()) {
      step.run(2);
      step.losses();
      double[] before = Networks.parameters(model);
      step.run(5);
      NonFiniteException error = assertThrows(NonFiniteException.class, step::losses);
      assertEquals(3, error.step());
      assertTrue(
          error.where().equals("0.output") || error.where().equals("2.output"), error::getMessage);
      assertTrue(error.getMessage().contains("learning rate"), error::getMessage);
      assertArrayEquals(before, Networks.parameters(model), "parameters before the bad step");
    }
  }

  @TestFactory
  Stream<DynamicTest> namesAParameterThatIsBad() {
    return BackendVariants.onEachOpen(backend -> {
      try (Model model = Model.create(NETWORK, 6, backend, 1);
          TrainingStep step = TrainingStep.of(model).batchSize(4).build()) {
        float[] weight = new float[3 * 20];
        weight[33] = Float.NaN;
        model.write("2.weight", MemorySegment.ofArray(weight));
        step.feed(MemorySegment.ofArray(new float[4 * 6]), MemorySegment.ofArray(new int[4]));
        step.run();
        NonFiniteException error = assertThrows(NonFiniteException.class, step::losses);
        assertEquals("2.weight", error.where());
        assertEquals(1, error.step());
      }
    });
  }

  /** A weight, before a ReLU that may drop it, and one behind. */
  @TestFactory
  Stream<DynamicTest> namesAHiddenParameterThatIsBad() {
    return BackendVariants.onEachOpen(backend -> {
      for (String name : List.of("0.weight", "2.weight")) {
        try (Model model = Model.create(DEEP, 6, backend, 1);
            TrainingStep step = TrainingStep.of(model).batchSize(4).build()) {
          float[] weight = new float[(int) model.layout().get(name).shape().size()];
          Arrays.fill(weight, 0.1f);
          weight[33] = Float.NaN;
          model.write(name, MemorySegment.ofArray(weight));
          step.feed(MemorySegment.ofArray(ones(4 * 6)), MemorySegment.ofArray(new int[4]));
          step.run();
          NonFiniteException error = assertThrows(NonFiniteException.class, step::losses);
          assertEquals(name, error.where(), error::getMessage);
          assertEquals(1, error.step());
          long bad =
              Arrays.stream(Networks.parameters(model)).filter(x -> !Double.isFinite(x)).count();
          assertEquals(1, bad, "no other became so");
        }
      }
    });
  }

  /** The host feeds what it wants; a run ends with it, and parameters stay finite. */
  @TestFactory
  Stream<DynamicTest> namesAnInputThatIsBad() {
    return BackendVariants.onEachOpen(backend -> {
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
        try (Model model = Model.create(DEEP, 6, backend, 1);
            TrainingStep step = TrainingStep.of(model).batchSize(4).build()) {
          float[] x = ones(4 * 6);
          int[] labels = {0, 1, 2, 0};
          step.feed(MemorySegment.ofArray(x), MemorySegment.ofArray(labels));
          step.run(2);
          step.losses();
          x[2 * 6 + 5] = bad;
          step.feed(MemorySegment.ofArray(x), MemorySegment.ofArray(labels));
          step.run();
          double[] after = Networks.parameters(model);
          x[2 * 6 + 5] = 1;
          step.feed(MemorySegment.ofArray(x), MemorySegment.ofArray(labels));
          step.run(3);
          assertArrayEquals(after, Networks.parameters(model), "nothing changes any more");
          assertTrue(Arrays.stream(after).allMatch(Double::isFinite), "parameters stay finite");
          x[2 * 6 + 5] = bad;
          step.feed(MemorySegment.ofArray(x), MemorySegment.ofArray(labels));
          NonFiniteException error = assertThrows(NonFiniteException.class, step::losses);
          assertEquals(3, error.step());
          assertEquals("input", error.where(), error::getMessage);
          assertTrue(error.getMessage().contains("row 2 column 5"), error::getMessage);
        }
      }
    });
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Loss and gradients are finite, and the last of all steps would leave infinite parameters. */
  @TestFactory
  Stream<DynamicTest> anUpdateThatIsNotFiniteIsRefused() {
    return BackendVariants.onEachOpen(backend -> {
      for (Optimizer optimizer :
          List.of(
              new Sgd(3e38),
              new Sgd(Schedule.constant(3e38), 0.9, false, 0),
              new Adam(Schedule.constant(3e38), 0, 0, 1e-8, 0))) {
        try (Model model = Model.create(NETWORK, 6, backend, 1)) {
          // Two classes are equally probable, and nothing but the last bias has a gradient.
          model.write("0.weight", MemorySegment.ofArray(new float[20 * 6]));
          model.write("2.bias", MemorySegment.ofArray(new float[] {3e38f, 0, 3e38f}));
          try (TrainingStep step =
              TrainingStep.of(model).optimizer(optimizer).batchSize(2).build()) {
            step.feed(MemorySegment.ofArray(ones(2 * 6)), MemorySegment.ofArray(new int[] {2, 2}));
            step.run();
            NonFiniteException error = assertThrows(NonFiniteException.class, step::losses);
            assertEquals(1, error.step());
            String message = error.getMessage();
            assertEquals("2.bias", error.where(), message);
            assertTrue(message.contains("the update of 2.bias row 0 column 2 became"), message);
            assertTrue(message.contains("that step changed the others"), message);
            double[] after = Networks.read(model, model.layout().get("2.bias"));
            assertEquals(3e38f, after[2], "was left as it was");
            assertTrue(Double.isFinite(after[0]) && after[0] != 3e38f, "was changed");
          }
        }
      }
    });
  }
}
