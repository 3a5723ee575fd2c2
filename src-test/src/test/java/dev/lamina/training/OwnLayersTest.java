package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.Preprocessing;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.io.ModelFolder;
import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.model.LayerTypes;
import dev.lamina.model.ModelDescription;
import dev.lamina.model.SavedModel;
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
import dev.lamina.op.LossFunction;
import dev.lamina.op.Reduce.Axis;
import dev.lamina.program.Program;
import dev.lamina.suite.BackendVariants;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A user's layers in files, and models in parts of graphs. */
class OwnLayersTest {
  /** What a layer's numbers are given as. */
  enum Sign {
    PLUS,
    MINUS
  }

  /** Subtracts a running mean, which it follows. */
  record Centering(int features, double rate, boolean on, Sign sign, String note, long many)
      implements Layer {
    Centering {
      if (features < 1) {
        throw new LaminaException("expected at least 1 feature");
      }
    }

    @Override
    public List<ParameterSpec> parameters() {
      return List.of(ParameterSpec.state("mean", Shape.of(features), Initializer.ZEROS));
    }

    @Override
    public Value build(BuildContext context, Value x) {
      Value mean = context.parameter("mean");
      if (context.mode() == Mode.TRAINING) {
        context.update("mean", mean.multiply(1 - rate).add(x.mean(Axis.ROWS).multiply(rate)));
      }
      return x.subtract(mean);
    }
  }

  record Doubling(double[] factors) implements Layer {
    @Override
    public Value build(BuildContext context, Value x) {
      return x.multiply(factors[0]);
    }
  }

  private static final Centering CENTERING =
      new Centering(7, 0.25, true, Sign.MINUS, "a note", 1L << 40);
  private static final Layer LAYERS =
      new Sequential(
          CENTERING, new Linear(7, 4), new BatchNorm(4, 1e-3, 0.2), new ReLU(), new Linear(4, 3));

  @TempDir private Path folder;

  private static ModelDescription description(Layer layer) {
    return new ModelDescription(
        layer,
        7,
        DType.FP32,
        LossFunction.SOFTMAX_CROSS_ENTROPY,
        Networks.blobs(12, 7, 3, 1).schema(),
        Preprocessing.NONE,
        Map.of());
  }

  /** A trained model comes back with the layers and states that it was saved with. */
  @Test
  void ownLayersAndStatesAreSaved() {
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(LAYERS, 7, backend, 1);
        TrainingStep step = TrainingStep.of(model).batchSize(4).build()) {
      float[] x = new float[28];
      for (int i = 0; i < x.length; i++) {
        x[i] = i % 5;
      }
      step.feed(MemorySegment.ofArray(x), MemorySegment.ofArray(new int[] {0, 1, 2, 0}));
      step.run(3);
      SavedModel.save(folder, model, description(LAYERS));
      LayerTypes types = LayerTypes.of(Centering.class);
      assertEquals(LAYERS, SavedModel.describe(folder, types).layer());
      try (var loaded = SavedModel.load(folder, backend, types)) {
        assertEquals(LAYERS, loaded.model().layer());
        assertArrayEquals(Networks.parameters(model), Networks.parameters(loaded.model()));
        assertTrue(Networks.read(loaded.model(), loaded.model().layout().get("0.mean"))[0] > 0.5);
      }
    }
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(LAYERS, 7, backend, 1)) {
      SavedModel.save(folder, model, description(LAYERS));
      expect(
          () -> SavedModel.load(folder, backend),
          Centering.class.getName(),
          "LayerTypes.of",
          "layers[0]");
    }
    LaminaException e =
        assertThrows(
            LaminaException.class,
            () ->
                SavedModel.check(
                    description(new Sequential(new Linear(7, 3), new Doubling(new double[] {2})))));
    assertTrue(e.getMessage().contains("its component factors is a double[]"), e::getMessage);
    expect(() -> LayerTypes.of(Doubling.class), "component factors");
    Layer plain = (context, x) -> x;
    expect(
        () -> SavedModel.check(description(new Sequential(new Linear(7, 3), plain))),
        "it is no record");
    String json = Files.readString(folder.resolve(ModelFolder.DESCRIPTION));
    assertTrue(json.contains("\"MINUS\""), json);
  }

  private static void expect(Runnable mistake, String... parts) {
    LaminaException e = assertThrows(LaminaException.class, mistake::run);
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e::getMessage);
    }
  }

  /** A file in which PyTorch's names have a prefix, and one tensor too many. */
  @Test
  void namesOfAFileAreMapped() {
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(new BatchNorm(2), backend, 1)) {
      Path path = folder.resolve("other.safetensors");
      Safetensors.write(
          path,
          Stream.of("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
              .map(name ->
                  new dev.lamina.io.TensorData(
                      "norm." + name,
                      TensorType.of(DType.FP32, 2),
                      MemorySegment.ofArray(new float[] {3, name.length()})))
              .toList(),
          Map.of());
      try (SafetensorsFile file = Safetensors.open(path)) {
        expect(() -> SavedModel.loadParameters(file, model), "weight", "is missing");
        expect(() -> SavedModel.loadParameters(file, model, name -> "weight"), "are both to be");
        SavedModel.loadParameters(
            file,
            model,
            name -> name.endsWith("num_batches_tracked") ? null : name.substring("norm.".length()));
        assertArrayEquals(
            new double[] {3, 12}, Networks.read(model, model.layout().get("running_mean")));
      }
    }
  }

  /** One model twice and another beside it in one graph: their outputs side by side. */
  @TestFactory
  Stream<DynamicTest> modelsUnderNames() {
    return BackendVariants.onEachOpen(backend -> {
      try (Model tower = Model.create(new Sequential(new Linear(2, 3), new ReLU()), backend, 1);
          Model head = Model.create(new Linear(6, 1), backend, 2)) {
        Graph graph = new Graph();
        TensorType type = TensorType.of(DType.FP32, 4, 2);
        Value left = tower.build(graph, "left", graph.input("a", type));
        Value right = tower.build(graph, "right", graph.input("b", type));
        Value y = head.build(graph, "head", left.concat(Axis.COLUMNS, right));
        graph.keep(y);
        graph.keep(graph.find("right.output"));
        assertEquals(Shape.of(3, 2), graph.find("left.0.weight").shape());
        try (Program program =
            Program.compile(
                "towers",
                graph,
                backend,
                Map.of(tower.variable(), tower.operand(), head.variable(), head.operand()))) {
          float[] a = {1, 2, -1, 0.5f, 3, 0, 0.25f, -2};
          program.write("a", a);
          program.write("b", a);
          program.run();
          float[] same = program.readFloats("right.output");
          float[] score = program.readFloats("head.output");
          double[] weight = Networks.read(head, head.layout().get("weight"));
          for (int i = 0; i < 4; i++) {
            double sum = 0;
            for (int j = 0; j < 3; j++) {
              sum += (weight[j] + weight[3 + j]) * same[3 * i + j];
            }
            assertEquals(sum, score[i], 1e-5);
          }
        }
      }
    });
  }

  @Test
  void aModelKnowsItsInputsFromItsFirstLayer() {
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(new Sequential(new Linear(5, 2), new ReLU()), backend, 1)) {
      assertEquals(5, model.inputs());
      expect(
          () -> Model.create(new Sequential(new ReLU(), new Linear(5, 2)), backend, 1),
          "Model.create(layer, inputs, backend, seed)");
    }
  }
}
