package dev.lamina.cli;

import dev.lamina.Quote;
import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.io.Json;
import dev.lamina.model.ModelDescription;
import dev.lamina.model.SavedModel;
import dev.lamina.tables.TableRows;
import dev.lamina.train.DataReport;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
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
    sortOptions = false,
    description = "Evaluates a saved model on data: loss, and accuracy or error.",
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private SavedModelOptions saved;
  @Mixin private DeviceOptions device;
  @Mixin private PlacementOptions placement;

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private DataReport place;

  @Override
  public Integer call() {
    placement.check();
    DataSource source = saved.source();
    TableReadOptions reading = saved.reading();
    try (Backend backend = device.open(spec.commandLine().getErr());
        SavedModel.LoadedModel loaded = SavedModel.load(saved.folder(), backend);
        Arena arena = Arena.ofShared()) {
      ModelDescription description = loaded.description();
      TableRows rows =
          source.toEvaluate(
              reading.header(),
              reading.target(),
              saved.seed(description),
              saved.inputs(description),
              arena);
      Scores scores =
          Scores.evaluate(
              loaded.model(),
              description.loss(),
              description.preprocessing(),
              rows.data(),
              placement.placement(),
              report -> place = report);
      print(backend, rows, scores);
    }
    return 0;
  }

  private void print(Backend backend, TableRows rows, Scores scores) {
    Dataset data = rows.data();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("event", "evaluation");
      tree.putAll(scores.toJson(""));
      tree.put("device", backend.device().id());
      tree.put("data", data.source());
      tree.put("data_on", PlacementOptions.name(place));
      if (!rows.notes().isEmpty()) {
        tree.put("notes", rows.notes());
      }
      out.println(Json.compact(tree));
    } else {
      Notes.print(spec.commandLine().getErr(), rows.notes());
      if (!place.onDevice()) {
        out.println(place);
      }
      out.println(
          Quote.message(data.source() + ": " + scores + " (" + scores.samples() + " samples)"));
    }
    out.flush();
  }
}
