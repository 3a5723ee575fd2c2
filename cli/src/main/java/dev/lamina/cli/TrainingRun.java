package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.data.Dataset;
import dev.lamina.data.Preprocessing;
import dev.lamina.model.ModelDescription;
import dev.lamina.model.SavedModel;
import dev.lamina.nn.Model;
import dev.lamina.train.DataReport;
import dev.lamina.train.EpochReport;
import dev.lamina.train.History;
import dev.lamina.train.NonFiniteException;
import dev.lamina.train.Progress;
import dev.lamina.train.Trainer;
import dev.lamina.train.TrainingListener;
import dev.lamina.train.TrainingMemory;
import dev.lamina.train.TrainingOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** One training run on an open device: trains, saves every best epoch, evaluates, tells of it. */
final class TrainingRun implements TrainingListener, Interruption.Stoppable {
  private final Model model;
  private final TrainingOptions options;
  private final int epochs;
  private final Dataset train;
  private final Dataset held;
  private final LearningData data;
  private final Preprocessing preprocessing;
  private final Path folder;
  private final Display display;
  private final PrintWriter err;
  private final Trainer trainer;
  private final Map<String, Object> facts = new LinkedHashMap<>();
  private String beginning;
  private History history;
  private volatile int saved;
  private volatile boolean began;
  // Both belong to this object's lock.
  private boolean stopping;
  private TrainingEnd end;

  TrainingRun(
      Model model,
      TrainingOptions options,
      int epochs,
      LearningData data,
      Path folder,
      Display display,
      PrintWriter err) {
    this.model = model;
    this.options = options;
    this.epochs = epochs;
    this.data = data;
    preprocessing = data.preprocessing();
    this.folder = folder;
    this.display = display;
    this.err = err;
    train = data.split().train();
    held = data.split().validation();
    trainer = new Trainer(model, options).listener(this);
  }

  /** From the start of the process: what a user waits for the first trained batch. */
  private static double secondsSinceStart() {
    return ProcessHandle.current()
        .info()
        .startInstant()
        .map(start -> Duration.between(start, Instant.now()).toMillis() * 1e-3)
        .orElse(Double.NaN);
  }

  /** Only a training under way has something to save; a test is left at once. */
  @Override
  public synchronized boolean stop() {
    stopping = true;
    if (end != null) {
      end.tell(true);
      return false;
    }
    if (!began) {
      err.println("stopped before the first step; nothing was saved");
      return false;
    }
    trainer.stop();
    err.println(
        "stopping; "
            + (saved == 0 ? "what the model has learned" : "the best model so far")
            + " is being saved");
    return true;
  }

  /** Whether it was asked to end. */
  synchronized boolean isStopping() {
    return stopping;
  }

  /** Trains and saves. */
  void train() {
    SavedModel.check(description(epochs, epochs));
    trainer.memory(train, held, epochs);
    model.initialize(options.seed());
    try {
      history = trainer.fit(train, held, epochs);
    } catch (NonFiniteException e) {
      throw saved > 0
          ? withSaved(e)
          : new LaminaException(e.getMessage() + " Nothing was saved.", e);
    } catch (LaminaException e) {
      throw saved > 0 ? withSaved(e) : e;
    }
    if (history.epochs().isEmpty()) {
      throw new LaminaException("stopped before the first step; nothing was saved");
    }
    save(history.epochs().size(), history.best());
  }

  private LaminaException withSaved(LaminaException e) {
    String message = e.getMessage();
    return new LaminaException(
        message
            + (message.endsWith(".") ? "" : ".")
            + " The model of epoch "
            + saved
            + ", the best so far, is in "
            + folder
            + ".",
        e);
  }

  @Override
  public void onData(DataReport training, DataReport validation) {
    facts.put("device", model.backend().device().id());
    facts.put("device_name", model.backend().device().name());
    facts.put("precision", precision());
    facts.put("parameters", model.layout().count());
    facts.put("model", model.toString());
    facts.put("data", train.source());
    facts.put("samples", train.size());
    facts.put("data_on", PlacementOptions.name(training));
    if (!data.notes().isEmpty()) {
      facts.put("notes", data.notes());
    }
    String table = data.table() == null ? "" : data.table().describe() + System.lineSeparator();
    String notes =
        data.notes().stream()
            .map(note -> "note: " + note + System.lineSeparator())
            .collect(Collectors.joining());
    beginning =
        table
            + notes
            + String.format(
                Locale.ROOT,
                "%s: %,d samples of %,d features to learn from%s%n%s%n%,d parameters on %s (%s) in"
                    + " %s%n%s",
                train.source(),
                train.size(),
                train.features(),
                held == null ? "" : String.format(Locale.ROOT, ", %,d held out", held.size()),
                model,
                model.layout().count(),
                model.backend().device().id(),
                model.backend().device().name(),
                precision(),
                training);
    if (validation != null && validation.onDevice() != training.onDevice()) {
      beginning += System.lineSeparator() + validation;
    }
  }

  @Override
  public void onMemory(TrainingMemory memory) {
    facts.put("memory_bytes", memory.deviceBytes());
    if (memory.hostBytes() > 0) {
      facts.put("host_memory_bytes", memory.hostBytes());
    }
    display.onStart(beginning + System.lineSeparator() + memory, facts);
  }

  private String precision() {
    return model.backend().precision().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void onProgress(Progress progress) {
    if (!began) {
      began = true;
      double seconds = secondsSinceStart();
      if (Double.isFinite(seconds)) {
        facts.put("first_batch_seconds", seconds);
      }
    }
    display.onProgress(progress);
  }

  /** Saves every best epoch at once, so that whatever happens leaves a model behind. */
  @Override
  public void onEpoch(EpochReport report) {
    if (report.best()) {
      save(report.epoch(), report.epoch());
      saved = report.epoch();
    }
    display.onEpoch(report, validation(report));
  }

  private Scores validation(EpochReport report) {
    return report.validation() == null ? null : Scores.of(report.validation(), preprocessing);
  }

  private void save(int trained, int best) {
    SavedModel.save(folder, model, description(trained, best));
  }

  private ModelDescription description(int trained, int best) {
    Map<String, Object> training = new LinkedHashMap<>();
    training.put("epochs", trained);
    training.put("best_epoch", best);
    training.put("seed", options.seed());
    training.put("data", train.source());
    training.put("optimizer", options.optimizer().toString());
    training.put("batch_size", options.batchSize());
    training.put("lamina", Version.number());
    return new ModelDescription(
        model.layer(),
        model.inputs(),
        model.dtype(),
        options.loss(),
        train.schema(),
        preprocessing,
        data.table() == null ? Map.of() : data.table().toJson(),
        training);
  }

  /**
   * Evaluates what was trained and tells all.
   *
   * @param test data that were not learned from, or null
   */
  void finish(Dataset test) {
    EpochReport best = history.epochs().get(history.best() - 1);
    facts.put("loss", best.loss());
    String judged = "";
    Scores validation = validation(best);
    if (validation != null) {
      facts.putAll(validation.toJson("validation_"));
      judged = "; best epoch " + best.epoch() + ": validation " + validation;
    } else if (held != null) {
      judged = ", not validated";
    }
    TrainingEnd told = new TrainingEnd(display, facts, history, judged, folder);
    synchronized (this) {
      end = told;
      if (test == null || stopping) {
        end.tell(stopping);
        return;
      }
    }
    DataReport[] place = new DataReport[1];
    Scores scores =
        Scores.evaluate(
            model,
            options.loss(),
            preprocessing,
            test,
            options.placement(),
            report -> place[0] = report);
    told.tell(test.source(), place[0], scores);
  }
}
