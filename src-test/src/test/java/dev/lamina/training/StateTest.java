package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Operand;
import dev.lamina.data.Dataset;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.loss.SquaredError;
import dev.lamina.nn.BatchNorm;
import dev.lamina.nn.BuildContext;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Mode;
import dev.lamina.nn.Model;
import dev.lamina.nn.ParameterSpec;
import dev.lamina.nn.ReLU;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Reduce.Axis;
import dev.lamina.optim.Adam;
import dev.lamina.optim.Sgd;
import dev.lamina.program.Program;
import dev.lamina.suite.BackendVariant;
import dev.lamina.suite.BackendVariants;
import dev.lamina.train.DeviceData;
import dev.lamina.train.NonFiniteException;
import dev.lamina.train.Predictor;
import dev.lamina.train.Targets;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What layers keep between steps without learning it by gradients. */
class StateTest {
  private static final Layer NORMALIZED =
      new Sequential(new Linear(3, 4), new BatchNorm(4), new ReLU(), new Linear(4, 2));

  /** Subtracts a running mean, which it follows; at several places it is the same mean. */
  private record Centering(int features, double rate) implements Layer {
    @Override
    public List<ParameterSpec> parameters() {
      return List.of(ParameterSpec.state("mean", Shape.of(features), Initializer.ZEROS));
    }

    @Override
    public Value build(BuildContext context, Value x) {
      Value mean = context.parameter("mean");
      if (context.mode() == Mode.TRAINING) {
        Value batch = x.cast(mean.dtype()).mean(Axis.ROWS);
        context.update("mean", mean.multiply(1 - rate).add(batch.multiply(rate)));
      }
      return x.subtract(mean.cast(x.dtype()));
    }
  }

  private static Stream<DynamicTest> onEach(DType dtype, Consumer<Backend> body) {
    return BackendVariants.onEach(variant -> {
      assumeTrue(variant.supports(dtype), variant::name);
      try (Backend backend = variant.open().get()) {
        body.accept(backend);
      }
    });
  }

  private static double[] numbers(int seed, int size) {
    return IntStream.range(0, size).mapToDouble(i -> Math.sin(1.7 * i + seed)).toArray();
  }

  private static MemorySegment host(DType dtype, double[] numbers) {
    if (dtype == DType.FP64) {
      return MemorySegment.ofArray(numbers);
    }
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return MemorySegment.ofArray(floats);
  }

  private static java.util.Map<String, double[]> golden() {
    java.util.Map<String, double[]> lines = new HashMap<>();
    try (InputStream text = StateTest.class.getResourceAsStream("batch-norm.txt")) {
      for (String line : new String(text.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        String[] words = line.split(" ");
        lines.put(
            words[0], Arrays.stream(words).skip(1).mapToDouble(Double::parseDouble).toArray());
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return lines;
  }

  private static double[] state(Model model, String name) {
    return Networks.read(model, model.layout().get(name));
  }

  private static TrainingStep.Builder squared(Model model) {
    return TrainingStep.of(model)
        .loss(new SquaredError())
        .targets(Targets.VALUES)
        .optimizer(new Sgd(0.1))
        .batchSize(6);
  }

  @TestFactory
  Stream<DynamicTest> batchNormalisationIsPyTorchsInFp64() {
    return onEach(DType.FP64, backend -> isPyTorchs(backend, DType.FP64, 1e-12));
  }

  @TestFactory
  Stream<DynamicTest> batchNormalisationIsPyTorchsInFp32() {
    return onEach(DType.FP32, backend -> isPyTorchs(backend, DType.FP32, 1e-5));
  }

  private static void isPyTorchs(Backend backend, DType dtype, double tolerance) {
    java.util.Map<String, double[]> golden = golden();
    MemorySegment x = host(dtype, numbers(10, 18));
    try (Model model = Model.create(NORMALIZED, 3, backend, dtype, 1);
        TrainingStep step = squared(model).build()) {
      int seed = 0;
      for (var parameter : model.layout().trained()) {
        int size = (int) parameter.shape().size();
        model.write(parameter.name(), host(dtype, numbers(seed++, size)));
      }
      step.feed(x, host(dtype, numbers(20, 12)));
      for (double loss : golden.get("losses")) {
        step.run();
        assertEquals(loss, step.losses().last(), tolerance);
      }
      for (var parameter : model.layout().parameters()) {
        double[] expected = golden.get(parameter.name());
        assertArrayEquals(
            expected, Networks.read(model, parameter), 4 * tolerance, parameter.name());
      }
      assertEquals(12 + 4 + 4 + 4 + 8 + 2, model.layout().count(), "states are no parameters");
      if (dtype == DType.FP32) {
        try (Predictor predictor = new Predictor(model, new SquaredError(), 8)) {
          float[] output = predictor.predict((float[]) x.heapBase().orElseThrow());
          for (int i = 0; i < output.length; i++) {
            assertEquals(golden.get("output")[i], output[i], 4 * tolerance);
          }
        }
      }
    }
  }

  /** Steps that run beside each other on the device see each other's states in order. */
  @TestFactory
  Stream<DynamicTest> manyStepsAtOnceAreStepsOneByOne() {
    return onEach(
        DType.FP32,
        backend -> {
          double[] together = trained(backend, List.of(7), false);
          assertArrayEquals(together, trained(backend, List.of(1, 1, 2, 3), false));
        });
  }

  private static double[] trained(Backend backend, List<Integer> runs, boolean mixed) {
    Dataset data = Networks.blobs(23, 3, 2, 5);
    Loss loss = new SoftmaxCrossEntropy();
    try (Model model = Model.create(NORMALIZED, 3, backend, 1);
        DeviceData resident = DeviceData.upload(backend, data, loss, 2);
        TrainingStep step =
            TrainingStep.of(model)
                .optimizer(new Adam(0.01))
                .batchSize(5)
                .mixed(mixed)
                .data(resident)
                .build()) {
      runs.forEach(step::run);
      step.losses();
      return Networks.parameters(model);
    }
  }

  /** With BF16 weights the states stay FP32 and close to those of FP32. */
  @TestFactory
  Stream<DynamicTest> statesOfMixedTrainingAreFull() {
    return onEach(
        DType.FP32,
        backend -> {
          double[] mixed = trained(backend, List.of(3, 4), true);
          double[] full = trained(backend, List.of(7), false);
          // After weight, bias, weight and bias: the running mean.
          for (int i = 12 + 4 + 4 + 4; i < 12 + 4 + 4 + 4 + 8; i++) {
            assertEquals(full[i], mixed[i], 0.03);
            assertNotEquals(full[i], mixed[i]);
          }
          boolean narrow = true;
          for (int i = 24; i < 32; i++) {
            narrow &= (Float.floatToRawIntBits((float) mixed[i]) & 0xFFFF) == 0;
          }
          assertTrue(!narrow, "the states were rounded to BF16");
        });
  }

  /** mean ← ¾ mean + ¼ batch, twice a step, the second time of what the first subtracted. */
  @TestFactory
  Stream<DynamicTest> aLayerAtTwoPlacesHasOneState() {
    return onEach(
        DType.FP32,
        backend -> {
          Layer shared = new Centering(2, 0.25);
          try (Model model =
                  Model.create(new Sequential(shared, shared, new Linear(2, 2)), 2, backend, 1);
              TrainingStep step = squared(model).batchSize(2).build()) {
            step.feed(host(DType.FP32, new double[] {1, 2, 3, 6}), host(DType.FP32, new double[4]));
            double[] mean = new double[2];
            for (int i = 0; i < 3; i++) {
              for (int j = 0; j < 2; j++) {
                double batch = j == 0 ? 2 : 4;
                double first = 0.75 * mean[j] + 0.25 * batch;
                mean[j] = 0.75 * first + 0.25 * (batch - mean[j]);
              }
              step.run();
            }
            assertArrayEquals(mean, state(model, "0.mean"), 1e-6);
            assertArrayEquals(mean, state(model, "1.mean"), 1e-6);
          }
        });
  }

  /** A step whose loss is not finite changes no state, and none after it does. */
  @TestFactory
  Stream<DynamicTest> aBadStepLeavesStatesAlone() {
    return onEach(
        DType.FP32,
        backend -> {
          try (Model model = Model.create(NORMALIZED, 3, backend, 1);
              TrainingStep step = squared(model).build()) {
            double[] good = numbers(10, 18);
            MemorySegment targets = host(DType.FP32, numbers(20, 12));
            step.feed(host(DType.FP32, good), targets);
            step.run();
            double[] before = Networks.parameters(model);
            double[] bad = good.clone();
            bad[5] = Double.NaN;
            step.feed(host(DType.FP32, bad), targets);
            step.run();
            step.feed(host(DType.FP32, good), targets);
            step.run();
            assertArrayEquals(before, Networks.parameters(model));
            assertThrows(NonFiniteException.class, step::losses);
            assertArrayEquals(before, Networks.parameters(model), "the diagnosis changes nothing");
          }
        });
  }

  /** Snapshots hold states: what early stopping restores. */
  @TestFactory
  Stream<DynamicTest> snapshotsHoldStates() {
    return onEach(
        DType.FP32,
        backend -> {
          try (Model model = Model.create(NORMALIZED, 3, backend, 1);
              TrainingStep step = squared(model).build();
              Arena arena = Arena.ofConfined()) {
            step.feed(host(DType.FP32, numbers(10, 18)), host(DType.FP32, numbers(20, 12)));
            step.run();
            MemorySegment copy = arena.allocate(model.variable().type().bytes(), 64);
            model.snapshot(copy);
            double[] before = Networks.parameters(model);
            step.run(3);
            assertNotEquals(before[24], Networks.parameters(model)[24]);
            model.restore(copy);
            assertArrayEquals(before, Networks.parameters(model));
          }
        });
  }

  /** In any graph: what reads a part in a run sees it as it was before. */
  @TestFactory
  Stream<DynamicTest> assignmentsComeLast() {
    return BackendVariants.onEachOpen(backend -> {
      TensorType type = TensorType.of(DType.FP32, 2);
      Variable counter = new Variable("counter", type);
      Graph graph = new Graph();
      Value old = graph.read(counter);
      graph.assign(old, old.add(7));
      graph.assign(old, old.add(1));
      graph.keep(graph.name(old.multiply(10), "tens"));
      try (var memory = backend.allocate("counter", type.bytes());
          Program program =
              Program.compile(
                  "count",
                  graph,
                  backend,
                  java.util.Map.of(counter, new Operand(memory, 0, type)))) {
        memory.write(0, MemorySegment.ofArray(new float[] {1, 2}));
        program.run(3);
        assertArrayEquals(new float[] {30, 40}, program.readFloats("tens"));
        float[] after = new float[2];
        memory.read(0, MemorySegment.ofArray(after));
        assertArrayEquals(new float[] {4, 5}, after);
      }
    });
  }

  @Test
  void mistakesAreNamed() {
    BackendVariant variant = BackendVariants.all().getFirst();
    try (Backend backend = variant.open().get()) {
      wrong(backend, "follows its gradient", (context, x) -> context.update("weight", x));
      wrong(backend, "the types differ", (context, x) -> context.update("mean", x));
      wrong(backend, "no parameter 0.other", (context, x) -> context.update("other", x));
      try (Model model = Model.create(new Sequential(new BatchNorm(2)), 2, backend, 1)) {
        LaminaException e =
            assertThrows(LaminaException.class, () -> squared(model).batchSize(1).plan());
        assertTrue(e.getMessage().contains("at least 2 samples"), e::getMessage);
      }
    }
    assertThrows(LaminaException.class, () -> new BatchNorm(0));
    assertEquals("new BatchNorm(3)", new BatchNorm(3).toString());
    assertEquals("new BatchNorm(3, 0.01, 0.5)", new BatchNorm(3, 0.01, 0.5).toString());
  }

  private interface Mistake {
    void make(BuildContext context, Value x);
  }

  private static void wrong(Backend backend, String part, Mistake mistake) {
    Layer layer =
        new Layer() {
          @Override
          public List<ParameterSpec> parameters() {
            return List.of(
                new ParameterSpec("weight", Shape.of(2), Initializer.ZEROS, false),
                ParameterSpec.state("mean", Shape.of(2), Initializer.ZEROS));
          }

          @Override
          public Value build(BuildContext context, Value x) {
            if (context.mode() == Mode.TRAINING) {
              mistake.make(context, x);
            }
            return x.add(context.parameter("weight"));
          }
        };
    try (Model model = Model.create(new Sequential(layer), 2, backend, 1)) {
      RuntimeException e =
          assertThrows(RuntimeException.class, () -> squared(model).batchSize(2).plan());
      assertTrue(e.getMessage().contains(part), e::getMessage);
    }
  }
}
