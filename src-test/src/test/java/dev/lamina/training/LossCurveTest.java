package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.data.Digits;
import dev.lamina.data.Idx;
import dev.lamina.data.Part;
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
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The fp32 loss of every one of the first 100 steps on CPU and CUDA, on MNIST where {@code
 * LAMINA_MNIST} names its folder, else on generated digits; shuffles over several epochs and
 * dropout included.
 */
class LossCurveTest {
  private static final int STEPS = 100;
  private static final int BATCH = 32;
  private static final int SAMPLES = 640;

  /**
   * Relative to the loss. The devices add in different orders, and every step carries the
   * difference on: sums of 784 products are off by up to √784 · 2⁻²⁴ = 2e-6 of their size, and a
   * loss is a mean over 32 samples, in which much of that cancels. The CPU's own three ways of
   * adding come apart by 7e-7 in 100 steps on the generated digits, so the tolerance is some 15
   * times that. Another shuffle, mask or first weight shows as more than 1e-2.
   */
  private static final double TOLERANCE = 1e-5;

  private static double[] losses(BackendVariant variant, Dataset data, long seed) {
    Sequential network =
        new Sequential(new Linear(784, 32, Activation.RELU), new Dropout(0.1), new Linear(32, 10));
    try (Backend backend = variant.open().get();
        Model model = Model.create(network, 784, backend, 1);
        DeviceData resident = DeviceData.upload(backend, data, new SoftmaxCrossEntropy(), 10);
        TrainingStep step =
            TrainingStep.of(model)
                .optimizer(new Adam(0.001))
                .batchSize(BATCH)
                .data(resident)
                .seed(seed)
                .build()) {
      return LossCurve.of(step, STEPS);
    }
  }

  private static List<BackendVariant> concat(List<BackendVariant> a, List<BackendVariant> b) {
    return Stream.concat(a.stream(), b.stream()).toList();
  }

  private static Dataset data() {
    String folder = System.getProperty("lamina.mnist", System.getenv("LAMINA_MNIST"));
    return folder == null || folder.isBlank()
        ? Digits.generate(SAMPLES, 5)
        : Idx.readFolder(Path.of(folder), Part.TRAIN).range(0, SAMPLES);
  }

  @Test
  void cpuAndCudaAgreeStepByStep() {
    List<BackendVariant> cuda = BackendVariants.cuda();
    assumeFalse(cuda.isEmpty(), () -> BackendVariants.unusable().toString());
    Dataset data = data();
    List<BackendVariant> rungs = BackendVariants.cpu(2);
    BackendVariant cpu = rungs.getFirst();
    double[] expected = losses(cpu, data, 7);
    // The CPU's other ways of adding tell how much of a difference is nothing but rounding.
    for (BackendVariant variant : concat(cuda, rungs.subList(1, rungs.size()))) {
      double[] found = losses(variant, data, 7);
      double worst = LossCurve.worst(expected, found);
      System.out.printf(
          "loss curves on %s, %d steps: %s and %s differ by at most %.1e of the loss%n",
          data.source(), STEPS, cpu, variant, worst);
      assertEquals(0, worst, TOLERANCE, variant.name());
    }
    assertTrue(expected[STEPS - 1] < 0.8 * expected[0], "it should have learned something");
    assertTrue(
        LossCurve.worst(expected, losses(cpu, data, 8)) > 1000 * TOLERANCE,
        "another shuffle shows");
  }
}
