package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Precision;
import dev.lamina.data.Dataset;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.train.DeviceData;
import dev.lamina.train.TrainingStep;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many kernels and products one training step starts on the emulated GPU. */
class StepKernelsTest extends EmulatedProducts {
  private static final int FEATURES = 64;
  private static final int CLASSES = 10;
  private static final int BATCH = 128;

  /** Kernels and products: gathers, loss, its tracker, step, clock, optimizer; four layers. */
  private static final List<Long> STARTED = List.of(7L, 11L);

  @ParameterizedTest
  @EnumSource(Precision.class)
  void aStepOfFourLayers(Precision precision) {
    Sequential layers =
        Sequential.mlp(FEATURES, List.of(128, 128, 128), CLASSES, Activation.RELU, 0);
    Loss loss = new SoftmaxCrossEntropy();
    try (Backend backend = Backends.open("cuda", MEASURED.withPrecision(precision));
        Model model = Model.create(layers, FEATURES, backend, 1);
        DeviceData data = DeviceData.upload(backend, samples(), loss, CLASSES);
        TrainingStep step = TrainingStep.of(model).batchSize(BATCH).data(data).build()) {
      run(step);
      assertEquals(STARTED, started(() -> run(step)));
    }
  }

  private static void run(TrainingStep step) {
    step.run();
    step.losses();
  }

  private static Dataset samples() {
    SplittableRandom random = new SplittableRandom(2);
    float[] x = new float[300 * FEATURES];
    IntStream.range(0, x.length).forEach(i -> x[i] = (float) random.nextGaussian());
    int[] labels = new int[300];
    Arrays.setAll(labels, i -> random.nextInt(CLASSES));
    List<String> names = IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList();
    return Dataset.classification(x, FEATURES, labels, names);
  }
}
