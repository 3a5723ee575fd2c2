package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SquaredError;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameter;
import dev.lamina.nn.Sequential;
import dev.lamina.nn.Tanh;
import dev.lamina.optim.Adam;
import dev.lamina.optim.AdamW;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import dev.lamina.optim.Sgd;
import dev.lamina.suite.BackendVariant;
import dev.lamina.suite.BackendVariants;
import dev.lamina.train.DeviceData;
import dev.lamina.train.NonFiniteException;
import dev.lamina.train.ParameterGroup;
import dev.lamina.train.TrainingOptions;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Clipping, accumulation, averages, frozen parameters and groups against PyTorch: parameters after
 * twelve batches that the host feeds, that lie on the device, or that stream there.
 */
class TrainingFeaturesTest {
  private static final int BATCH = 4;
  private static final int BATCHES = 6;
  private static final int STEPS = 12;
  private static final int INPUTS = 3;
  private static final int OUTPUTS = 2;
  private static final Loss LOSS = new SquaredError();

  private static final double[] FEATURES = numbers(BATCHES * BATCH * INPUTS, 0.1);
  private static final double[] TARGETS =
      Arrays.stream(numbers(BATCHES * BATCH * OUTPUTS, 0.2)).map(y -> 2 * y).toArray();

  /** As the script that made the golden values has them. */
  private static double[] numbers(int count, double seed) {
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = Math.sin(1.7 * i + seed);
    }
    return numbers;
  }

  private static float[] floats(double[] numbers) {
    float[] rounded = new float[numbers.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) numbers[i];
    }
    return rounded;
  }

  private static final Dataset DATA =
      Dataset.regression(floats(FEATURES), INPUTS, floats(TARGETS), OUTPUTS);

  /** A line of the golden values. */
  private record Golden(String features, String optimizer, double[] parameters) {
    static Golden parse(String line) {
      String[] words = line.split(" ");
      return new Golden(
          words[0],
          words[1],
          Arrays.stream(words).skip(2).mapToDouble(Double::parseDouble).toArray());
    }

    Optimizer rule() {
      return optimizer.equals("sgd")
          ? new Sgd(Schedule.constant(0.3), 0.9, false, 0)
          : new Adam(0.02);
    }

    TrainingOptions options() {
      TrainingOptions plain =
          TrainingOptions.DEFAULT
              .withLoss(LOSS)
              .withOptimizer(rule())
              .withBatchSize(BATCH)
              .withShuffle(false);
      ParameterGroup biases = ParameterGroup.of("*.bias", new Sgd(0.05));
      ParameterGroup last =
          ParameterGroup.of("2.weight", new AdamW(Schedule.constant(0.01), 0.9, 0.999, 1e-8, 0.2));
      return switch (features) {
        case "plain" -> plain;
        case "clip-value" -> plain.withClipValue(0.05);
        case "clip-norm" -> plain.withClipNorm(0.1);
        case "clip-norm-that-is-never-reached" -> plain.withClipNorm(1000);
        case "clip-both" -> plain.withClipValue(0.08).withClipNorm(0.15);
        case "accumulate" -> plain.withAccumulation(3);
        case "accumulate-clip" -> plain.withAccumulation(4).withClipValue(0.2).withClipNorm(0.1);
        case "freeze" -> plain.withGroup(ParameterGroup.frozen("0.*"));
        case "freeze-clip" ->
            plain
                .withClipNorm(0.1)
                .withGroups(
                    List.of(ParameterGroup.frozen("0.weight"), ParameterGroup.frozen("2.b*")));
        case "groups" -> plain.withGroup(biases).withGroup(last);
        case "groups-clip" -> plain.withGroup(biases).withGroup(last).withClipNorm(0.1);
        case "average" -> plain.withAverageDecay(0.8);
        case "average-accumulate" -> plain.withAverageDecay(0.8).withAccumulation(3);
        case "all" ->
            plain
                .withAverageDecay(0.7)
                .withClipValue(0.2)
                .withClipNorm(0.1)
                .withAccumulation(2)
                .withGroups(List.of(ParameterGroup.frozen("0.bias"), biases, last));
        default -> throw new AssertionError(features);
      };
    }
  }

  private static List<Golden> golden() throws IOException {
    String file = "training-features.txt";
    try (InputStream in = TrainingFeaturesTest.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(Golden::parse)
          .toList();
    }
  }

  /** How batches come to the device. */
  private enum Way {
    FED,
    RESIDENT,
    STREAMED
  }

  @TestFactory
  Stream<DynamicTest> agreeWithPyTorch() throws IOException {
    List<Golden> golden = golden();
    assertEquals(28, golden.size());
    return BackendVariants.all().stream()
        .flatMap(variant ->
            golden.stream()
                .map(g ->
                    DynamicTest.dynamicTest(
                        variant + " " + g.features + " " + g.optimizer, () -> check(variant, g))));
  }

  private static void check(BackendVariant variant, Golden golden) {
    try (Backend backend = variant.open().get()) {
      if (variant.supports(DType.FP64)) {
        double[] found = train(backend, DType.FP64, Way.FED, golden.options());
        assertArrayEquals(golden.parameters, found, 1e-12, "FP64");
      }
      for (Way way : Way.values()) {
        double[] found = train(backend, DType.FP32, way, golden.options());
        assertArrayEquals(golden.parameters, found, 2e-5, "FP32 " + way);
      }
    }
  }

  private static double[] train(Backend backend, DType dtype, Way way, TrainingOptions options) {
    Sequential network = new Sequential(new Linear(INPUTS, 4), new Tanh(), new Linear(4, OUTPUTS));
    try (Model model = Model.create(network, INPUTS, backend, dtype, 1)) {
      double seed = 0.3;
      for (Parameter parameter : model.layout().parameters()) {
        model.write(
            parameter.name(), segment(dtype, numbers((int) parameter.shape().size(), seed)));
        seed += 1;
      }
      switch (way) {
        case FED -> {
          try (TrainingStep step = TrainingStep.of(model).options(options).build()) {
            feed(step, dtype, options);
          }
        }
        case RESIDENT -> {
          try (DeviceData data = DeviceData.upload(backend, DATA, LOSS, OUTPUTS)) {
            run(model, data, options);
          }
        }
        case STREAMED -> {
          // Pieces of two batches: updates after three or four of them span pieces.
          try (DeviceData data =
              DeviceData.stream(backend, DATA, LOSS, OUTPUTS, DType.FP32, 2 * BATCH * 20)) {
            run(model, data, options);
          }
        }
      }
      return Networks.parameters(model);
    }
  }

  private static void feed(TrainingStep step, DType dtype, TrainingOptions options) {
    for (int i = 0; i < STEPS; i++) {
      int from = i % BATCHES * BATCH;
      int to = from + BATCH;
      step.feed(
          segment(dtype, Arrays.copyOfRange(FEATURES, from * INPUTS, to * INPUTS)),
          segment(dtype, Arrays.copyOfRange(TARGETS, from * OUTPUTS, to * OUTPUTS)));
      step.run();
    }
    end(step, options);
  }

  /** Leaves what is compared in the model. */
  private static void end(TrainingStep step, TrainingOptions options) {
    assertEquals(STEPS, step.losses().steps());
    if (options.averageDecay() > 0) {
      double[] parameters = Networks.parameters(step.model());
      step.exchangeAverage();
      assertThrows(IllegalStateException.class, step::run);
      step.exchangeAverage();
      assertArrayEquals(parameters, Networks.parameters(step.model()), 0);
      step.exchangeAverage();
    } else {
      assertThrows(IllegalStateException.class, step::exchangeAverage);
    }
  }

  private static void run(Model model, DeviceData data, TrainingOptions options) {
    try (TrainingStep step = TrainingStep.of(model).options(options).data(data).build()) {
      step.run(5); // in the midst of several batches to an update
      step.run(STEPS - 5);
      end(step, options);
    }
  }

  private static MemorySegment segment(DType dtype, double[] numbers) {
    return dtype == DType.FP64
        ? MemorySegment.ofArray(numbers)
        : MemorySegment.ofArray(floats(numbers));
  }

  /** Without clipping the bias would follow its own gradient, which is finite. */
  @TestFactory
  Stream<DynamicTest> anInfiniteNormChangesNoParameter() {
    return BackendVariants.onEachOpen(backend -> {
      try (Model model = Model.zeros(new Linear(1, 1), 1, backend, DType.FP32);
          TrainingStep step =
              TrainingStep.of(model)
                  .options(
                      TrainingOptions.DEFAULT
                          .withLoss(LOSS)
                          .withBatchSize(2)
                          .withAverageDecay(0.5)
                          .withClipNorm(1))
                  .build()) {
        step.feed(
            MemorySegment.ofArray(new float[] {3e38f, 3e38f}),
            MemorySegment.ofArray(new float[] {100, 100}));
        step.run(3);
        NonFiniteException e = assertThrows(NonFiniteException.class, step::losses);
        assertEquals(1, e.step());
        assertEquals("grad(weight)", e.where());
        assertArrayEquals(new double[2], Networks.parameters(model));
        step.exchangeAverage();
        assertArrayEquals(new double[2], Networks.parameters(model), "the average");
      }
    });
  }
}
