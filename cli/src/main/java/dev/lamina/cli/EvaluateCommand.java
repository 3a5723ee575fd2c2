package dev.lamina.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.io.Json;
import dev.lamina.model.ModelDescription;
import dev.lamina.model.SavedModel;
import dev.lamina.train.DeviceData;
import dev.lamina.train.Evaluator;
import dev.lamina.train.Predictor;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Evaluates a saved model. */
@Command(
    name = "evaluate",
    description = "Evaluates a saved model on data.",
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
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
      description = "What to evaluate on: digits[:N], idx:FOLDER or csv:FILE.")
  private String data;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Seed of generated digits (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  @Override
  public Integer call() {
    DataSource source = DataSource.parse("--data", data);
    ModelDescription description = SavedModel.describe(folder);
    Dataset raw = source.toEvaluate(csv.options(), seed, description.schema());
    Dataset prepared = description.preprocessing().apply(raw);
    try (Backend backend = device.open(spec.commandLine().getErr());
        SavedModel.LoadedModel loaded = SavedModel.load(folder, backend);
        DeviceData resident =
            DeviceData.upload(backend, prepared, description.loss(), loaded.model().outputs());
        Evaluator evaluator = new Evaluator(loaded.model(), description.loss(), resident, BATCH);
        Predictor predictor = new Predictor(loaded.model(), description.loss(), BATCH)) {
      Scores scores = Scores.of(evaluator.evaluate(), raw, description.preprocessing(), predictor);
      print(backend, raw, scores);
    }
    return 0;
  }

  private void print(Backend backend, Dataset raw, Scores scores) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("event", "evaluation");
      tree.putAll(scores.toJson(""));
      tree.put("device", backend.device().id());
      tree.put("data", raw.source());
      out.println(Json.compact(tree));
    } else {
      out.println(raw.source() + ": " + scores + " (" + scores.samples() + " samples)");
    }
    out.flush();
  }
}
