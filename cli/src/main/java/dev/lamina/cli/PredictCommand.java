package dev.lamina.cli;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.data.Schema;
import dev.lamina.model.ModelDescription;
import dev.lamina.model.SavedModel;
import dev.lamina.tables.TableRows;
import dev.lamina.train.Predictor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
    sortOptions = false,
    description = {
      "Predicts with a saved model and writes CSV, a line per sample.",
      "For classes the class and the score of each, else the predicted numbers; the data need no"
          + " target."
    },
    mixinStandardHelpOptions = true)
final class PredictCommand implements Callable<Integer> {
  private static final int BATCH = 512;

  @Spec private CommandSpec spec;
  @Mixin private SavedModelOptions saved;

  @Option(
      names = "--out",
      paramLabel = "FILE.csv",
      description = "Where to write (default: standard output).")
  private Path out;

  @Mixin private DeviceOptions device;

  @Override
  public Integer call() {
    DataSource source = saved.source();
    TableReadOptions reading = saved.reading();
    if (out != null) {
      OutputFile.check(out, source, saved.folder());
    }
    try (Backend backend = device.open(spec.commandLine().getErr());
        SavedModel.LoadedModel loaded = SavedModel.load(saved.folder(), backend);
        Predictor predictor = new Predictor(loaded.model(), loaded.description().loss(), BATCH);
        Arena arena = Arena.ofShared()) {
      ModelDescription description = loaded.description();
      TableRows rows =
          source.toPredict(
              reading.header(), saved.seed(description), saved.inputs(description), arena);
      Notes.print(spec.commandLine().getErr(), rows.notes());
      String table = table(description, predictor, rows);
      if (out == null) {
        PrintWriter writer = spec.commandLine().getOut();
        writer.print(table);
        writer.flush();
      } else {
        OutputFile.write(out, table);
        PrintWriter err = spec.commandLine().getErr();
        err.println(Quote.message(rows.data().size() + " predictions written to " + out));
        err.flush();
      }
    }
    return 0;
  }

  private static String table(ModelDescription description, Predictor predictor, TableRows rows) {
    Dataset prepared = rows.data();
    Schema schema = description.schema();
    StringWriter text = new StringWriter();
    // Unbuffered: what is not flushed would be missing.
    CsvWriter writer =
        CsvWriter.builder().bufferSize(0).lineDelimiter(LineDelimiter.LF).build(text);
    List<String> header = new ArrayList<>();
    rows.carried().forEach(column -> header.add(column.name()));
    if (schema.isClassification()) {
      String what =
          switch (description.loss().outputs()) {
            case CLASS_LOGITS, LOGITS -> "p(";
            case NUMBERS -> "score(";
          };
      header.add("class");
      schema.classNames().forEach(name -> header.add(what + name + ")"));
    } else {
      header.addAll(schema.targetNames());
    }
    writer.writeRecord(header);
    for (int first = 0; first < prepared.size(); first += BATCH) {
      int count = Math.min(BATCH, prepared.size() - first);
      float[] predicted = predictor.predict(prepared.range(first, first + count));
      int columns = predicted.length / count;
      for (int i = 0; i < count; i++) {
        float[] row = Arrays.copyOfRange(predicted, i * columns, (i + 1) * columns);
        requireFinite(prepared, first + i, row);
        int sample = first + i;
        List<String> cells = new ArrayList<>();
        rows.carried().forEach(column -> cells.add(column.cells().get(sample)));
        cells.addAll(
            schema.isClassification() ? classes(description, row) : values(description, row));
        writer.writeRecord(cells);
      }
    }
    return text.toString();
  }

  private static void requireFinite(Dataset data, int sample, float[] row) {
    for (float value : row) {
      if (!Float.isFinite(value)) {
        throw new LaminaException(
            data.source()
                + ": row "
                + (sample + 1)
                + ": the model's answer is "
                + value
                + "; look for extreme values there, or train again with a smaller learning rate");
      }
    }
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
