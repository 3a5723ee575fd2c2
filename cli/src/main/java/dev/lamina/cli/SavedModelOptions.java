package dev.lamina.cli;

import dev.lamina.io.ModelFolder;
import dev.lamina.model.ModelDescription;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which saved model, and on which data. */
final class SavedModelOptions {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "The folder of a saved model.")
  private Path folder;

  @Option(
      names = "--data",
      paramLabel = "SRC",
      required = true,
      description =
          "The data: digits[:N], idx:FOLDER, csv:FILE, parquet:FILE, json:FILE or sql:QUERY.")
  private String data;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of generated digits (default: the model's).")
  private Long seed;

  @Mixin private TableReadOptions reading;

  Path folder() {
    return folder;
  }

  DataSource source() {
    return DataSource.parse("--data", data);
  }

  /** How the data are read, if they are a table. */
  TableReadOptions reading() {
    reading.check(source());
    return reading;
  }

  ModelInputs inputs(ModelDescription description) {
    return ModelInputs.of(description, folder.resolve(ModelFolder.DESCRIPTION).toString());
  }

  /** With the model's own seed, digits are those that it was tested on after training. */
  long seed(ModelDescription description) {
    if (seed != null) {
      return seed;
    }
    return description.training().get("seed") instanceof Number number ? number.longValue() : 42;
  }
}
