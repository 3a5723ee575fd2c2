package dev.lamina.cli;

import de.siegmar.fastcsv.writer.CsvWriter;
import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.data.Schema;
import dev.lamina.io.AtomicFile;
import dev.lamina.model.ModelDescription;
import dev.lamina.model.SavedModel;
import dev.lamina.train.Predictor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Predicts with a saved model. */
@Command(
    name = "predict",
    description = {
      "Predicts with a saved model, one CSV line per sample:",
      "class and probabilities, or the predicted numbers."
    },
    mixinStandardHelpOptions = true)
final class PredictCommand implements Callable<Integer> {
  private static final int BATCH = 512;

  @Spec private CommandSpec spec;
  @Mixin private CsvDataOptions csv;
  @Mixin private DeviceOptions device;

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
      description = "What to predict: digits[:N], idx:FOLDER or csv:FILE; no target is needed.")
  private String data;

  @Option(
      names = "--out",
      paramLabel = "FILE.csv",
      description = "Where to write (default: standard output).")
  private Path out;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Seed of generated digits (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() {
    DataSource source = DataSource.parse("--data", data);
    ModelDescription description = SavedModel.describe(folder);
    Dataset raw = source.toPredict(csv.options(), seed, description.schema());
    Dataset prepared = description.preprocessing().apply(raw);
    try (Backend backend = device.open(spec.commandLine().getErr());
        SavedModel.LoadedModel loaded = SavedModel.load(folder, backend);
        Predictor predictor = new Predictor(loaded.model(), description.loss(), BATCH)) {
      String table = table(description, predictor.predict(prepared), raw.size());
      if (out == null) {
        PrintWriter writer = spec.commandLine().getOut();
        writer.print(table);
        writer.flush();
      } else {
        AtomicFile.writeText(out, table);
        spec.commandLine().getErr().println(raw.size() + " predictions written to " + out);
        spec.commandLine().getErr().flush();
      }
    }
    return 0;
  }

  private static String table(ModelDescription description, float[] predicted, int samples) {
    Schema schema = description.schema();
    int columns = predicted.length / samples;
    StringWriter text = new StringWriter();
    CsvWriter writer = CsvWriter.builder().build(text);
    List<String> header = new ArrayList<>();
    if (schema.isClassification()) {
      header.add("class");
      schema.classNames().forEach(name -> header.add("p(" + name + ")"));
    } else {
      header.addAll(schema.targetNames());
    }
    writer.writeRecord(header);
    float[] row = new float[columns];
    for (int i = 0; i < samples; i++) {
      System.arraycopy(predicted, i * columns, row, 0, columns);
      writer.writeRecord(
          schema.isClassification() ? classes(description, row) : values(description, row));
    }
    return text.toString();
  }

  private static List<String> classes(ModelDescription description, float[] row) {
    List<String> names = description.schema().classNames();
    float[] scores = row;
    if (row.length == 1) {
      // One output for two classes: the second one's probability, or score.
      scores = new float[] {1 - row[0], row[0]};
    }
    int best = 0;
    for (int k = 1; k < scores.length; k++) {
      if (scores[k] > scores[best]) {
        best = k;
      }
    }
    List<String> cells = new ArrayList<>();
    cells.add(names.get(best));
    for (float score : scores) {
      cells.add(Float.toString(score));
    }
    return cells;
  }

  private static List<String> values(ModelDescription description, float[] row) {
    description.preprocessing().invertTargets(row);
    List<String> cells = new ArrayList<>();
    for (float value : row) {
      cells.add(Float.toString(value));
    }
    return cells;
  }
}
