package dev.lamina.fuzz;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.data.Schema;
import dev.lamina.io.Json;
import dev.lamina.io.ModelFolder;
import dev.lamina.model.ModelDescription;
import dev.lamina.model.SavedModel;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameter;
import dev.lamina.train.Predictor;
import dev.lamina.type.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Loads models and predicts with them: as many answers as there are classes or targets. */
final class ModelReader implements Reader {
  private final Path folder;
  private final Backend backend = Backends.open("cpu", BackendOptions.DEFAULT.withThreads(1));

  ModelReader(Path folder) {
    this.folder = folder;
  }

  @Override
  public boolean read(Path file) throws IOException {
    try (SavedModel.LoadedModel loaded = SavedModel.load(folder, backend)) {
      ModelDescription description = loaded.description();
      compare(loaded);
      Schema schema = description.schema();
      Json.compact(Map.of("training", description.training()));
      float[] answer;
      try (Predictor predictor = new Predictor(loaded.model(), description.loss(), 1)) {
        answer = predictor.predict(new float[description.inputs()]);
      }
      boolean oneForTwo = schema.classNames().size() == 2 && answer.length == 1;
      int expected =
          schema.isClassification() ? schema.classNames().size() : schema.targetNames().size();
      Reader.require(
          oneForTwo || answer.length == expected, answer.length + " answers, not " + expected);
      if (!schema.isClassification()) {
        description.preprocessing().invertTargets(answer);
      }
    }
    return true;
  }

  /** Compares parameters and classes with those of the files. */
  private void compare(SavedModel.LoadedModel loaded) throws IOException {
    PlainTensors plain = PlainTensors.of(Files.readAllBytes(folder.resolve(ModelFolder.TENSORS)));
    Model model = loaded.model();
    Reader.require(
        plain.tensors().size() == model.layout().parameters().size(),
        plain.tensors().keySet() + " for " + model.layer());
    for (Parameter parameter : model.layout().parameters()) {
      PlainTensors.Tensor expected = plain.tensors().get(parameter.name());
      TensorType type = new TensorType(model.dtype(), parameter.shape());
      MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(type.bytes())]);
      model.read(parameter.name(), data);
      TensorReader.compare(parameter.name(), type.dtype(), data, expected.numbers());
    }
    Map<?, ?> text = description(plain);
    Map<?, ?> data = (Map<?, ?>) text.get("data");
    Schema schema = loaded.description().schema();
    Reader.require(schema.classNames().equals(data.get("class_names")), "" + schema);
    Reader.require(schema.targetNames().equals(data.get("target_names")), "" + schema);
    Reader.require(Long.valueOf(model.inputs()).equals(text.get("inputs")), "" + model);
  }

  private Map<?, ?> description(PlainTensors plain) throws IOException {
    Object within = plain.metadata().get("lamina");
    return (Map<?, ?>)
        (within != null
            ? PlainJson.of((String) within)
            : PlainJson.of(Files.readAllBytes(folder.resolve(ModelFolder.DESCRIPTION))));
  }

  @Override
  public void close() {
    backend.close();
  }
}
