package dev.lamina.cli;

import dev.lamina.train.DataReport;
import dev.lamina.train.EpochReport;
import dev.lamina.train.History;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The end of a training run whose model is saved. It is told once: by the run, or before it has
 * tested the model, by the thread that hears of an interruption.
 */
final class TrainingEnd {
  private final Display display;
  private final Map<String, Object> facts;
  private final History history;
  private final String judged;
  private final Path folder;
  private boolean told;

  /**
   * An end to be told.
   *
   * @param facts about the run but for its end
   * @param judged what validation said of the model, in words, empty without
   * @param folder where the model is
   */
  TrainingEnd(
      Display display, Map<String, Object> facts, History history, String judged, Path folder) {
    this.display = display;
    this.facts = new LinkedHashMap<>(facts);
    this.history = history;
    this.judged = judged;
    this.folder = folder;
  }

  /** Tells of a run without a test, or before it. */
  void tell(boolean interrupted) {
    tell(interrupted, Map.of(), "");
  }

  /** Tells of a run with the scores of its test. */
  void tell(String source, DataReport place, Scores scores) {
    Map<String, Object> test = new LinkedHashMap<>();
    test.put("test_data_on", PlacementOptions.name(place));
    test.putAll(scores.toJson("test_"));
    tell(false, test, String.format("%ntest on %s: %s", source, scores));
  }

  private synchronized void tell(boolean interrupted, Map<String, Object> test, String tested) {
    if (told) {
      return;
    }
    told = true;
    List<EpochReport> epochs = history.epochs();
    double seconds = epochs.stream().mapToDouble(EpochReport::seconds).sum();
    double seen = epochs.stream().mapToDouble(e -> e.samplesPerSecond() * e.seconds()).sum();
    if (interrupted) {
      facts.put("interrupted", true);
    }
    facts.putAll(test);
    if (history.diverged()) {
      facts.put("diverged", true);
    }
    facts.put("epochs", epochs.size());
    facts.put("best_epoch", history.best());
    facts.put("seconds", history.seconds());
    facts.put("samples_per_second", seen / seconds);
    facts.put("saved", folder.toString());
    String summary =
        String.format(
            Locale.ROOT,
            "%strained %d %s in %.1f s (%,.0f samples/s)%s%s%s%nsaved to %s",
            interrupted ? "interrupted; " : "",
            epochs.size(),
            epochs.size() == 1 ? "epoch" : "epochs",
            seconds,
            seen / seconds,
            judged,
            tested,
            diverged(),
            folder);
    display.onEnd(summary, facts);
  }

  /** A warning, empty where the training did not diverge. */
  private String diverged() {
    return history.diverged()
        ? String.format(
            "%nthe training diverged: the mean loss of the last epoch is %s, far above that of an"
                + " untrained model; try a smaller --learning-rate, or a --warmup",
            Scores.format(history.epochs().getLast().loss()))
        : "";
  }
}
