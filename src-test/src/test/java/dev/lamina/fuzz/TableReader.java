package dev.lamina.fuzz;

import dev.lamina.data.Csv;
import dev.lamina.data.CsvOptions;
import dev.lamina.data.Dataset;
import dev.lamina.data.Schema;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads CSV files: to learn from, to evaluate a model on, to predict for. */
enum TableReader implements Reader {
  LEARN,
  EVALUATE,
  PREDICT;

  static final Schema MODEL =
      new Schema(
          2, List.of("width", "height"), List.of("kind"), List.of("a", "b", "3"), Schema.LAST);

  @Override
  public boolean read(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      CsvOptions options = CsvOptions.defaults();
      Dataset data =
          switch (this) {
            case LEARN -> Csv.read(file, options, arena);
            case EVALUATE -> Csv.read(file, options, MODEL, arena);
            case PREDICT -> Csv.readFeatures(file, options, MODEL, arena);
          };
      new TableComparison(data, this == LEARN ? null : MODEL).compare(Files.readAllBytes(file));
    }
    return true;
  }
}
