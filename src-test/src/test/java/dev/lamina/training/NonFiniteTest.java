package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.ReLU;
import dev.lamina.nn.Sequential;
import dev.lamina.op.LossFunction;
import dev.lamina.optim.Sgd;
import dev.lamina.suite.BackendVariant;
import dev.lamina.suite.BackendVariants;
import dev.lamina.train.DeviceData;
import dev.lamina.train.NonFiniteException;
import dev.lamina.train.TrainingStep;
import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A loss that is NaN or infinite stops a run and spoils nothing. */
class NonFiniteTest {
  private static final Sequential NETWORK =
      new Sequential(new Linear(6, 20), new ReLU(), new Linear(20, 3));

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
        DeviceData resident =
            DeviceData.upload(backend, data, LossFunction.SOFTMAX_CROSS_ENTROPY, 3);
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
}
