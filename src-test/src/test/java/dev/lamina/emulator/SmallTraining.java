package dev.lamina.emulator;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.data.Dataset;
import dev.lamina.data.Preprocessing;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.model.ModelDescription;
import dev.lamina.nn.Dropout;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.optim.Adam;
import dev.lamina.train.DataPlacement;
import dev.lamina.train.DeviceData;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** A training run that is small, and yet has batches, shuffles, dropout and three layers. */
final class SmallTraining implements AutoCloseable {
  static final Sequential NETWORK =
      new Sequential(
          new Linear(7, 13, Activation.RELU),
          new Dropout(0.25),
          new Linear(13, 9, Activation.TANH),
          new Linear(9, 3));

  private static final int SAMPLES = 41;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Model model;
  private final TrainingStep step;

  SmallTraining(Backend backend) {
    this(backend, DataPlacement.DEVICE);
  }

  /** With data on the device, or streaming in pieces of two batches. */
  SmallTraining(Backend backend, DataPlacement placement) {
    try {
      model = Model.create(NETWORK, 7, backend, 11);
      open.push(model);
      Loss loss = new SoftmaxCrossEntropy();
      DeviceData data =
          placement == DataPlacement.HOST
              ? DeviceData.stream(backend, samples(), loss, 3, DType.FP32, 2 * 10 * (7 + 1) * 4)
              : DeviceData.upload(backend, samples(), loss, 3);
      open.push(data);
      step =
          TrainingStep.of(model).optimizer(new Adam(0.01)).batchSize(10).data(data).seed(3).build();
      open.push(step);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The CUDA backend, once the emulator is enabled. */
  static Backend openCuda() {
    return Backends.open("cuda", BackendOptions.DEFAULT.withAutotune(false));
  }

  private static Dataset samples() {
    Random random = new Random(2);
    float[] x = new float[SAMPLES * 7];
    int[] labels = new int[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      labels[i] = random.nextInt(3);
      for (int j = 0; j < 7; j++) {
        x[7 * i + j] = (float) random.nextGaussian() + (j % 3 == labels[i] ? 1 : 0);
      }
    }
    return Dataset.classification(x, 7, labels, List.of("a", "b", "c"));
  }

  /** What describes the model in a file. */
  static ModelDescription description() {
    return new ModelDescription(
        NETWORK,
        7,
        DType.FP32,
        new SoftmaxCrossEntropy(),
        samples().schema(),
        Preprocessing.NONE,
        Map.of());
  }

  Model model() {
    return model;
  }

  TrainingStep step() {
    return step;
  }

  /** All parameters in order. */
  double[] parameters() {
    return parameters(model);
  }

  static double[] parameters(Model model) {
    return model.layout().parameters().stream()
        .flatMapToDouble(p -> {
          float[] values = new float[(int) p.shape().size()];
          model.read(p.name(), MemorySegment.ofArray(values));
          return IntStream.range(0, values.length).mapToDouble(i -> values[i]);
        })
        .toArray();
  }

  @Override
  public void close() {
    RuntimeException first = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
