package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Dropout;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.optim.Adam;
import dev.lamina.suite.BackendVariant;
import dev.lamina.suite.BackendVariants;
import dev.lamina.train.DeviceData;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Same seed: the same bits on one backend, and the same run to rounding on all. */
class DeterminismTest {
  private static final int STEPS = 25;
  private static final Dataset DATA = Networks.blobs(333, 37, 5, 1);

  private static Sequential network() {
    return new Sequential(
        new Linear(37, 130, Activation.RELU),
        new Dropout(0.25),
        new Linear(130, 70, Activation.TANH),
        new Linear(70, 5));
  }

  /** The parameters after some steps over more than an epoch. */
  private static double[] train(BackendVariant variant, DType dtype) {
    try (Backend backend = variant.open().get();
        Model model = Model.create(network(), 37, backend, dtype, 11);
        DeviceData data = DeviceData.upload(backend, DATA, new SoftmaxCrossEntropy(), 5);
        TrainingStep step =
            TrainingStep.of(model)
                .optimizer(new Adam(0.01))
                .batchSize(29)
                .data(data)
                .seed(-7)
                .build()) {
      step.run(3);
      step.run(STEPS - 3);
      assertEquals(STEPS, step.losses().steps());
      return Networks.parameters(model);
    }
  }

  @TestFactory
  Stream<DynamicTest> theSameBitsTwiceAndWithAnyNumberOfThreads() {
    List<List<BackendVariant>> byThreads = Stream.of(1, 2, 3).map(BackendVariants::cpu).toList();
    return BackendVariants.all().stream()
        .map(variant ->
            DynamicTest.dynamicTest(
                variant.name(),
                () -> {
                  double[] first = train(variant, DType.FP32);
                  assertArrayEquals(first, train(variant, DType.FP32), "a second run");
                  for (List<BackendVariant> variants : byThreads) {
                    for (BackendVariant other : variants) {
                      if (other.name().equals(variant.name())) {
                        assertArrayEquals(
                            first, train(other, DType.FP32), "another number of threads");
                      }
                    }
                  }
                }));
  }

  /**
   * In fp64 rounding is about 1e-16 a step and Adam divides by gradients, so 25 steps agree far
   * better than 1e-8; another shuffle, mask or first weight would differ by about 1e-2.
   */
  @TestFactory
  Stream<DynamicTest> theSameRunOnEveryBackend() {
    List<BackendVariant> variants =
        BackendVariants.all().stream().filter(v -> v.supports(DType.FP64)).toList();
    double[] reference = train(variants.getFirst(), DType.FP64);
    return variants.stream()
        .skip(1)
        .map(variant ->
            DynamicTest.dynamicTest(
                variant.name(),
                () -> {
                  double[] found = train(variant, DType.FP64);
                  double worst = 0;
                  for (int i = 0; i < found.length; i++) {
                    worst = Math.max(worst, Math.abs(found[i] - reference[i]));
                  }
                  assertEquals(0, worst, 1e-8, "largest difference of a parameter");
                  assertEquals(0, Arrays.stream(found).filter(Double::isNaN).count());
                }));
  }
}
