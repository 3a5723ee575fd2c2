package dev.lamina.fuzz;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.data.Schema;
import dev.lamina.io.Json;
import dev.lamina.model.ModelDescription;
import dev.lamina.model.SavedModel;
import dev.lamina.train.Predictor;
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
  public void read(Path file) {
    try (SavedModel.LoadedModel loaded = SavedModel.load(folder, backend)) {
      ModelDescription description = loaded.description();
      Schema schema = description.schema();
      Json.compact(Map.of("training", description.training()));
      float[] answer;
      try (Predictor predictor = new Predictor(loaded.model(), description.loss(), 1)) {
        answer = predictor.predict(new float[description.inputs()]);
      }
      boolean oneForTwo = schema.classNames().size() == 2 && answer.length == 1;
      int expected =
          schema.isClassification() ? schema.classNames().size() : schema.targetNames().size();
      DataFiles.require(
          oneForTwo || answer.length == expected, answer.length + " answers, not " + expected);
      if (!schema.isClassification()) {
        description.preprocessing().invertTargets(answer);
      }
    }
  }

  @Override
  public void close() {
    backend.close();
  }
}
