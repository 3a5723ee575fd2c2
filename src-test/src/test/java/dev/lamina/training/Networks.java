package dev.lamina.training;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.delegating.DelegatingBackend;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameter;
import dev.lamina.op.Op;
import dev.lamina.type.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Small data sets and helpers that the tests of whole programs share. */
final class Networks {
  private Networks() {}

  /** Gaussian blobs: a class has its own mean, so that even a small network learns them. */
  static Dataset blobs(int samples, int features, int classes, long seed) {
    Random random = new Random(seed);
    float[][] means = new float[classes][features];
    for (float[] mean : means) {
      for (int j = 0; j < features; j++) {
        mean[j] = (float) random.nextGaussian();
      }
    }
    float[] x = new float[samples * features];
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = random.nextInt(classes);
      for (int j = 0; j < features; j++) {
        x[i * features + j] = (float) (means[labels[i]][j] + 0.5 * random.nextGaussian());
      }
    }
    List<String> names = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    return Dataset.classification(x, features, labels, names);
  }

  /** All parameters in order, as doubles. */
  static double[] parameters(Model model) {
    return model.layout().parameters().stream()
        .flatMapToDouble(p -> Arrays.stream(read(model, p)))
        .toArray();
  }

  static double[] read(Model model, Parameter parameter) {
    int size = (int) parameter.shape().size();
    double[] result = new double[size];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate((long) size * model.dtype().bytes(), 64);
      model.read(parameter.name(), host);
      for (int i = 0; i < size; i++) {
        result[i] =
            model.dtype() == DType.FP64
                ? host.getAtIndex(ValueLayout.JAVA_DOUBLE, i)
                : host.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      }
    }
    return result;
  }

  /** A backend that is told to fuse nothing. */
  static final class Unfused extends DelegatingBackend {
    Unfused(Backend inner) {
      super(inner);
    }

    @Override
    public boolean fuses(Op op) {
      return false;
    }
  }
}
