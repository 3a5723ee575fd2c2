package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.Dataset;
import dev.lamina.data.Preprocessing;
import dev.lamina.data.Schema;
import dev.lamina.graph.Differentiation;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.io.TensorData;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.model.ModelDescription;
import dev.lamina.model.SavedModel;
import dev.lamina.nn.BuildContext;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameter;
import dev.lamina.nn.ParameterSpec;
import dev.lamina.nn.ReLU;
import dev.lamina.nn.Sequential;
import dev.lamina.nn.Tanh;
import dev.lamina.op.Activation;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Reduce;
import dev.lamina.optim.Sgd;
import dev.lamina.suite.BackendVariants;
import dev.lamina.train.Trainer;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Parameters that are read by nobody, by several, or by the wrong one. */
class ParametersTest {
  @TempDir Path folder;

  /** Passes its input on and never asks for its parameter. */
  private record Idle() implements Layer {
    @Override
    public List<ParameterSpec> parameters() {
      return List.of(new ParameterSpec("weight", Shape.of(3, 2), Initializer.HE_NORMAL, false));
    }

    @Override
    public Value build(BuildContext context, Value x) {
      return x;
    }
  }

  @TestFactory
  Stream<DynamicTest> aParameterThatNobodyReadsHasTheGradientZero() {
    return BackendVariants.onEachOpen(backend -> {
      Sequential network = new Sequential(new Linear(12, 8), new Idle(), new Linear(8, 4));
      Dataset data = Networks.blobs(120, 12, 4, 9);
      try (Model model = Model.create(network, 12, backend, 3)) {
        double[] drawn = Networks.read(model, model.layout().get("1.weight"));
        double[] first = Networks.read(model, model.layout().get("0.weight"));
        new Trainer(model).batchSize(16).fit(data, data, 1);
        assertArrayEquals(drawn, Networks.read(model, model.layout().get("1.weight")));
        assertNotEquals(first[0], Networks.read(model, model.layout().get("0.weight"))[0]);
        for (boolean mixed : new boolean[] {false, true}) {
          try (TrainingStep step =
              TrainingStep.of(model).batchSize(2).keep("grad(1.weight)").mixed(mixed).build()) {
            step.feed(MemorySegment.ofArray(new float[24]), MemorySegment.ofArray(new int[2]));
            step.run();
            assertArrayEquals(new float[6], step.program().readFloats("grad(1.weight)"));
          }
        }
      }
    });
  }

  private static Sequential tied() {
    Linear layer = new Linear(6, 6);
    Sequential inner = new Sequential(new Tanh(), layer, new Tanh());
    return new Sequential(layer, inner, layer, inner, new Linear(6, 3));
  }

  /** As the same network with layers of their own that happen to be equal, added up. */
  @TestFactory
  Stream<DynamicTest> aLayerAtSeveralPlacesHasItsParametersOnce() {
    return BackendVariants.onEachOpen(backend -> {
      Sequential apart =
          new Sequential(
              new Linear(6, 6),
              new Sequential(new Tanh(), new Linear(6, 6), new Tanh()),
              new Linear(6, 6),
              new Sequential(new Tanh(), new Linear(6, 6), new Tanh()),
              new Linear(6, 3));
      try (Model shared = Model.create(tied(), 6, backend, 5);
          Model separate = Model.create(apart, 6, backend, 5)) {
        assertEquals(
            List.of("0.weight", "0.bias", "4.weight", "4.bias"),
            shared.layout().parameters().stream().map(Parameter::name).toList());
        assertEquals(6 * 6 + 6 + 6 * 3 + 3, shared.layout().count());
        assertEquals(shared.layout().get("0.weight"), shared.layout().get("3.1.weight"));
        for (Parameter parameter : separate.layout().parameters()) {
          separate.write(parameter.name(), floats(shared, parameter.name()));
        }
        List<String> places = List.of("0", "1.1", "2", "3.1");
        for (String name : List.of("weight", "bias")) {
          float[] sum = new float[name.equals("weight") ? 36 : 6];
          for (String place : places) {
            float[] part = gradient(separate, place + "." + name);
            for (int i = 0; i < sum.length; i++) {
              sum[i] += part[i];
            }
          }
          assertArrayEquals(sum, gradient(shared, "0." + name), 1e-6f);
        }
      }
    });
  }

  private static MemorySegment floats(Model model, String name) {
    Parameter parameter = model.layout().get(name);
    MemorySegment host = MemorySegment.ofArray(new float[(int) parameter.shape().size()]);
    model.read(name, host);
    return host;
  }

  private static float[] gradient(Model model, String parameter) {
    Random random = new Random(1);
    float[] x = new float[5 * 6];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    String name = "grad(" + parameter + ")";
    try (TrainingStep step =
        TrainingStep.of(model).optimizer(new Sgd(0)).batchSize(5).keep(name).build()) {
      step.feed(MemorySegment.ofArray(x), MemorySegment.ofArray(new int[] {0, 1, 2, 1, 0}));
      step.run();
      return step.program().readFloats(name);
    }
  }

  /** Equal layers that are not the same object have parameters of their own. */
  @Test
  void equalLayersAreNotTied() {
    try (Backend backend = Backends.open("cpu");
        Model model =
            Model.create(new Sequential(new Linear(4, 4), new Linear(4, 4)), 4, backend, 1)) {
      assertEquals(4, model.layout().parameters().size());
    }
  }

  @Test
  void tiedLayersAreSavedOnceAndLoadedAsSuch() {
    Dataset data = Networks.blobs(60, 6, 3, 2);
    Path saved = folder.resolve("saved");
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(tied(), 6, backend, 5)) {
      new Trainer(model).batchSize(10).fit(data, null, 2);
      SavedModel.save(saved, model, description(tied()));
      try (SafetensorsFile file = Safetensors.open(saved.resolve("model.safetensors"))) {
        assertEquals(4, file.names().size());
      }
      try (SavedModel.LoadedModel loaded = SavedModel.load(saved, backend)) {
        assertEquals(model.layout().count(), loaded.model().layout().count());
        assertArrayEquals(Networks.parameters(model), Networks.parameters(loaded.model()));
        Sequential layers = (Sequential) loaded.model().layer();
        assertTrue(layers.layers().get(0) == layers.layers().get(2), "the same object");
      }
    }
  }

  private static ModelDescription description(Layer layer) {
    Schema schema = Schema.classification(6, List.of("0", "1", "2"));
    return new ModelDescription(
        layer, 6, DType.FP32, new SoftmaxCrossEntropy(), schema, Preprocessing.NONE, Map.of());
  }

  @Test
  void aFileMayHaveATiedParameterUnderEachOfItsNames() {
    Linear layer = new Linear(2, 2);
    Sequential network = new Sequential(layer, new ReLU(), layer);
    float[] weight = {1, 2, 3, 4};
    float[] bias = {5, 6};
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(network, 2, backend, 5)) {
      load(model, List.of(tensor("2.weight", weight, 2, 2), tensor("2.bias", bias, 2)));
      assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6}, Networks.parameters(model));
      float[] other = {4, 3, 2, 1};
      TensorData biasData = tensor("0.bias", bias, 2);
      load(
          model,
          List.of(tensor("0.weight", other, 2, 2), biasData, tensor("2.weight", other, 2, 2)));
      assertArrayEquals(new double[] {4, 3, 2, 1, 5, 6}, Networks.parameters(model));
      LaminaException error =
          assertThrows(
              LaminaException.class,
              () ->
                  load(
                      model,
                      List.of(
                          tensor("0.weight", other, 2, 2),
                          biasData,
                          tensor("2.weight", weight, 2, 2))));
      assertTrue(error.getMessage().contains("0.weight and 2.weight"), error.getMessage());
      assertArrayEquals(new double[] {4, 3, 2, 1, 5, 6}, Networks.parameters(model));
    }
  }

  private static TensorData tensor(String name, float[] data, long... extents) {
    return new TensorData(name, TensorType.of(DType.FP32, extents), MemorySegment.ofArray(data));
  }

  private void load(Model model, List<TensorData> tensors) {
    Path path = folder.resolve("tensors.safetensors");
    Safetensors.write(path, tensors, Map.of());
    try (SafetensorsFile file = Safetensors.open(path)) {
      SavedModel.loadParameters(file, model);
    }
  }

  @Test
  void aDescriptionMayNotShareWhatComesLater() {
    Path saved = folder.resolve("damaged");
    Path file = saved.resolve("model.safetensors");
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(tied(), 6, backend, 5)) {
      SavedModel.save(saved, model, description(tied()));
      List<TensorData> tensors;
      Map<String, String> metadata = new HashMap<>();
      try (SafetensorsFile whole = Safetensors.open(file)) {
        tensors = whole.names().stream().map(whole::read).toList();
        whole
            .metadata()
            .forEach(
                (key, text) -> metadata.put(key, text.replaceAll("(\"path\": ?)\"0\"", "$1\"4\"")));
        assertNotEquals(metadata, whole.metadata());
      }
      Safetensors.write(file, tensors, metadata);
      LaminaException error =
          assertThrows(LaminaException.class, () -> SavedModel.load(saved, backend));
      assertTrue(error.getMessage().contains("path of an earlier layer"), error.getMessage());
    }
  }

  /** Asks twice for a parameter of one name. */
  private record Twice() implements Layer {
    @Override
    public List<ParameterSpec> parameters() {
      return List.of(
          new ParameterSpec("weight", Shape.of(3), Initializer.ZEROS, false),
          new ParameterSpec("weight", Shape.of(2, 2), Initializer.ZEROS, false));
    }

    @Override
    public Value build(BuildContext context, Value x) {
      context.parameter("weight");
      return x;
    }
  }

  /** Two parts under one path. */
  private record Pair(Layer one, Layer other) implements Layer {
    @Override
    public List<ParameterSpec> parameters() {
      return Stream.of(one, other)
          .flatMap(part -> part.parameters().stream().map(spec -> spec.within("part", part)))
          .toList();
    }

    @Override
    public Value build(BuildContext context, Value x) {
      Value y = context.part("part", one, x);
      return y.add(context.part("part", other, x));
    }
  }

  @Test
  void twoParametersOfOneNameAreNamed() {
    try (Backend backend = Backends.open("cpu")) {
      says(backend, new Sequential(new Twice()), "0.weight [3] of ", "0.weight [2, 2] of ");
      says(backend, new Twice(), "weight [3] and weight [2, 2]");
      says(
          backend,
          new Pair(new Linear(2, 4), new Linear(2, 4, Activation.TANH)),
          "part.weight [4, 2] of " + new Linear(2, 4),
          "part.weight [4, 2] of " + new Linear(2, 4, Activation.TANH));
    }
  }

  private static void says(Backend backend, Layer layer, String... parts) {
    LaminaException error =
        assertThrows(LaminaException.class, () -> Model.create(layer, 2, backend, 1));
    for (String part : parts) {
      assertTrue(error.getMessage().contains(part), error.getMessage());
    }
  }

  /** Uses a value that another graph made. */
  private record Foreign(Value kept) implements Layer {
    @Override
    public Value build(BuildContext context, Value x) {
      return x.add(kept);
    }
  }

  @Test
  void aValueOfAnotherGraphIsRefusedByName() {
    Graph other = new Graph();
    Value foreign = other.input("stranger", TensorType.of(DType.FP32, 1, 3));
    Graph graph = new Graph();
    Value x = graph.input("x", TensorType.of(DType.FP32, 1, 3));
    Value sum = graph.emit(new Reduce(Reduce.Kind.SUM, Reduce.Axis.ALL), x);
    Variable variable = new Variable("room", x.type());
    List<Runnable> uses =
        List.of(
            () -> graph.add(x, foreign),
            () -> graph.emit(Elementwise.EXP.on(foreign.type()), foreign),
            () -> graph.name(foreign, "mine"),
            () -> graph.keep(foreign),
            () -> graph.place(foreign, variable, 0),
            () -> Differentiation.gradients(graph, sum, List.of(foreign)),
            () -> Differentiation.gradients(other, sum, List.of(foreign)));
    for (Runnable use : uses) {
      IllegalArgumentException error = assertThrows(IllegalArgumentException.class, use::run);
      assertTrue(error.getMessage().contains("of another"), error.getMessage());
    }
    IllegalArgumentException error =
        assertThrows(
            IllegalArgumentException.class,
            () -> graph.emit(Elementwise.ADD.on(x.type(), x.type()), x, null));
    assertTrue(error.getMessage().contains("operand 2"), error.getMessage());
    try (Backend backend = Backends.open("cpu")) {
      error =
          assertThrows(
              IllegalArgumentException.class,
              () -> Model.create(new Sequential(new Foreign(foreign)), 3, backend, 1));
      for (String part : List.of("0 add, operand 2", "stranger FP32[1, 3]")) {
        assertTrue(error.getMessage().contains(part), error.getMessage());
      }
    }
  }

  /** The wanted values come back in any order, zeros named like all others. */
  @Test
  void zerosAreNamedToo() {
    Graph graph = new Graph();
    Value x = graph.input("x", TensorType.of(DType.FP32, 2));
    Value y = graph.input("y", TensorType.of(DType.FP32, 2));
    Value sum = graph.emit(new Reduce(Reduce.Kind.SUM, Reduce.Axis.ALL), x);
    Map<Value, Value> found = Differentiation.gradients(graph, sum, Arrays.asList(y, x));
    assertEquals(found.get(y), graph.find("grad(y)"));
  }
}
