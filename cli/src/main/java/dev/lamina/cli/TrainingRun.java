package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.data.Dataset;
import dev.lamina.data.Preprocessing;
import dev.lamina.data.Split;
import dev.lamina.model.ModelDescription;
import dev.lamina.model.SavedModel;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.train.DataReport;
import dev.lamina.train.EpochReport;
import dev.lamina.train.History;
import dev.lamina.train.NonFiniteException;
import dev.lamina.train.Progress;
import dev.lamina.train.Trainer;
import dev.lamina.train.TrainingListener;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One training run on an open device: trains, saves every best epoch, evaluates, tells of it. */
final class TrainingRun implements TrainingListener {
  private final Model model;
  private final TrainingSettings settings;
  private final Dataset train;
  private final Dataset held;
  private final Preprocessing preprocessing;
  private final Optimizer optimizer;
  private final Path folder;
  private final Display display;
  private final Trainer trainer;
  private final Map<String, Object> facts = new LinkedHashMap<>();
  private History history;
  private int saved;
  private double firstBatchSeconds;
  private volatile boolean stopping;

  TrainingRun(
      Model model,
      TrainingSettings settings,
      Split split,
      Preprocessing preprocessing,
      Path folder,
      Display display) {
    this.model = model;
    this.settings = settings;
    this.preprocessing = preprocessing;
    this.folder = folder;
    this.display = display;
    train = preprocessing.apply(split.train());
    held = split.validation() == null ? null : preprocessing.apply(split.validation());
    optimizer = settings.optimizer().build(steps());
    trainer =
        new Trainer(model)
            .loss(settings.loss())
            .optimizer(optimizer)
            .batchSize(settings.batchSize())
            .seed(settings.seed())
            .data(settings.placement())
            .listener(this);
  }

  /** From the start of the process: what a user waits for the first trained batch. */
  private static double secondsSinceStart() {
    return ProcessHandle.current()
        .info()
        .startInstant()
        .map(start -> Duration.between(start, Instant.now()).toMillis() * 1e-3)
        .orElse(Double.NaN);
  }

  private long steps() {
    long samples = train.size();
    long batch = Math.min(settings.batchSize(), samples);
    long steps = (samples * settings.epochs() + batch - 1) / batch;
    if (steps > Integer.MAX_VALUE) {
      throw new LaminaException(
          "--epochs "
              + settings.epochs()
              + ": with batches of "
              + batch
              + " these are "
              + steps
              + " steps, and the limit is "
              + Integer.MAX_VALUE
              + "; take fewer epochs or larger batches");
    }
    return steps;
  }

  /** Asks the training to end; called by another thread. */
  void stop() {
    stopping = true;
    trainer.stop();
  }

  /** Whether it was asked to end. */
  boolean isStopping() {
    return stopping;
  }

  /** Trains and saves. */
  void train() {
    SavedModel.check(description(settings.epochs(), settings.epochs()));
    try {
      history = trainer.fit(train, held, settings.epochs());
    } catch (NonFiniteException e) {
      throw new LaminaException(
          e.getMessage()
              + (saved == 0
                  ? " Nothing was saved."
                  : " The model of epoch " + saved + ", the best so far, is in " + folder + "."),
          e);
    }
    if (history.epochs().isEmpty()) {
      throw new LaminaException("stopped before the first step; nothing was saved");
    }
    save(history.epochs().size(), history.best());
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
    String summary =
        String.format(
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
      summary += System.lineSeparator() + validation;
    }
    display.onStart(summary, facts);
  }

  private String precision() {
    return model.backend().precision().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void onProgress(Progress progress) {
    if (firstBatchSeconds == 0) {
      firstBatchSeconds = secondsSinceStart();
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

  private void save(int epochs, int best) {
    SavedModel.save(folder, model, description(epochs, best));
  }

  private ModelDescription description(int epochs, int best) {
    Map<String, Object> training = new LinkedHashMap<>();
    training.put("epochs", epochs);
    training.put("best_epoch", best);
    training.put("seed", settings.seed());
    training.put("data", train.source());
    training.put("optimizer", optimizer.toString());
    training.put("batch_size", settings.batchSize());
    training.put("lamina", Version.number());
    return new ModelDescription(
        model.layer(),
        model.inputs(),
        model.dtype(),
        settings.loss(),
        train.schema(),
        preprocessing,
        training);
  }

  /**
   * Evaluates what was trained and tells all.
   *
   * @param test data that were not learned from, or null
   */
  void finish(Dataset test) {
    EpochReport best = history.epochs().get(history.best() - 1);
    double seconds = history.epochs().stream().mapToDouble(EpochReport::seconds).sum();
    double seen =
        history.epochs().stream().mapToDouble(e -> e.samplesPerSecond() * e.seconds()).sum();
    int epochs = history.epochs().size();
    StringBuilder summary = new StringBuilder();
    if (history.stopped()) {
      facts.put("interrupted", true);
      summary.append("interrupted; ");
    }
    summary.append(
        String.format(
            Locale.ROOT,
            "trained %d %s in %.1f s (%,.0f samples/s)",
            epochs,
            epochs == 1 ? "epoch" : "epochs",
            seconds,
            seen / seconds));
    facts.put("loss", best.loss());
    Scores validation = validation(best);
    if (validation != null) {
      facts.putAll(validation.toJson("validation_"));
      summary.append("; best epoch ").append(history.best()).append(": validation ");
      summary.append(validation);
    }
    if (test != null && !history.stopped()) {
      Scores scores =
          Scores.evaluate(
              model,
              settings.loss(),
              preprocessing,
              test,
              settings.placement(),
              report -> facts.put("test_data_on", PlacementOptions.name(report)));
      facts.putAll(scores.toJson("test_"));
      summary.append(String.format("%ntest on %s: %s", test.source(), scores));
    }
    facts.put("epochs", epochs);
    facts.put("best_epoch", history.best());
    facts.put("seconds", history.seconds());
    if (Double.isFinite(firstBatchSeconds)) {
      facts.put("first_batch_seconds", firstBatchSeconds);
    }
    facts.put("samples_per_second", seen / seconds);
    facts.put("saved", folder.toString());
    summary.append(String.format("%nsaved to %s", folder));
    display.onEnd(summary.toString(), facts);
  }
}
