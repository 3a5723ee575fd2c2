package dev.lamina.fuzz;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.Preprocessing;
import dev.lamina.data.Schema;
import dev.lamina.data.Standardizer;
import dev.lamina.io.ModelFolder;
import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.io.TensorData;
import dev.lamina.model.ModelDescription;
import dev.lamina.model.SavedModel;
import dev.lamina.nn.Dropout;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.ReLU;
import dev.lamina.nn.Sequential;
import dev.lamina.op.LossFunction;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Good models, safetensors and JSON files. */
final class ModelFiles {
  private ModelFiles() {}

  /** Of classes, of classes told by one output, and of real targets. */
  private static List<ModelDescription> descriptionsOfModels() {
    Optional<Standardizer> features =
        Optional.of(new Standardizer(List.of(0.5, 1e-3), List.of(2.0, 0.25)));
    Optional<Standardizer> targets = Optional.of(new Standardizer(List.of(7.0), List.of(3.0)));
    Sequential layers =
        new Sequential(new Linear(2, 3), new ReLU(), new Dropout(0.25), new Linear(3, 3));
    return List.of(
        new ModelDescription(
            layers,
            2,
            DType.FP32,
            LossFunction.SOFTMAX_CROSS_ENTROPY,
            new Schema(2, List.of("a", "b"), List.of("kind"), List.of("x", "y", "z"), 3),
            new Preprocessing(features, Optional.empty()),
            Map.of("seed", 3L)),
        new ModelDescription(
            new Linear(2, 1),
            2,
            DType.FP64,
            LossFunction.BINARY_CROSS_ENTROPY,
            Schema.classification(2, List.of("no", "yes")),
            Preprocessing.NONE,
            Map.of()),
        new ModelDescription(
            new Sequential(new Linear(2, 1)),
            2,
            DType.FP32,
            LossFunction.MEAN_SQUARED_ERROR,
            Schema.regression(2, 1),
            new Preprocessing(features, targets),
            Map.of()));
  }

  static List<byte[]> models() throws IOException {
    List<byte[]> files = new ArrayList<>();
    Path folder = Files.createTempDirectory("lamina-fuzz-");
    for (ModelDescription description : descriptionsOfModels()) {
      save(folder, description);
      files.add(Files.readAllBytes(folder.resolve(ModelFolder.TENSORS)));
    }
    clear(folder);
    return files;
  }

  static List<byte[]> descriptions() throws IOException {
    Path folder = Files.createTempDirectory("lamina-fuzz-");
    save(folder, descriptionsOfModels().getFirst());
    byte[] text = Files.readAllBytes(folder.resolve(ModelFolder.DESCRIPTION));
    clear(folder);
    return List.of(text);
  }

  private static void save(Path folder, ModelDescription description) {
    try (Backend backend = Backends.open("cpu");
        Model model =
            Model.create(
                description.layer(), description.inputs(), backend, description.dtype(), 1)) {
      SavedModel.save(folder, model, description);
    }
  }

  private static void clear(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(ModelFolder.TENSORS));
    Files.deleteIfExists(folder.resolve(ModelFolder.DESCRIPTION));
    Files.delete(folder);
  }

  /** Writes the first model's tensors as PyTorch does, without a description. */
  static void foreignTensors(Path folder) {
    save(folder, descriptionsOfModels().getFirst());
    Path file = folder.resolve(ModelFolder.TENSORS);
    List<TensorData> tensors;
    try (SafetensorsFile open = Safetensors.open(file)) {
      tensors = open.names().stream().map(open::read).toList();
    }
    Safetensors.write(file, tensors, Map.of("format", "pt"));
  }

  static List<byte[]> texts() throws IOException {
    List<byte[]> files = new ArrayList<>(descriptions());
    files.add(
        "{\"a\": [1, 2.5, -3e10, \"\\u00e4\\n\", true, null, {}], \"b\": {\"c\": [[], [0]]}}"
            .getBytes(StandardCharsets.UTF_8));
    return files;
  }

  static List<byte[]> tensors() throws IOException {
    Path file = Files.createTempFile("lamina-fuzz-", ".safetensors");
    List<TensorData> tensors = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    for (DType dtype : DType.values()) {
      TensorType type = TensorType.of(dtype, 2, 3);
      byte[] bytes = new byte[(int) type.bytes()];
      random.nextBytes(bytes);
      tensors.add(new TensorData(dtype.name(), type, MemorySegment.ofArray(bytes)));
    }
    Safetensors.write(file, tensors, Map.of("k", "v"));
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    return List.of(bytes);
  }
}
