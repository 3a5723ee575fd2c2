package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.data.Preprocessing;
import dev.lamina.data.Split;
import dev.lamina.model.ModelDescription;
import dev.lamina.model.SavedModel;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.op.LossFunction;
import dev.lamina.train.DeviceData;
import dev.lamina.train.EpochReport;
import dev.lamina.train.Evaluator;
import dev.lamina.train.History;
import dev.lamina.train.Predictor;
import dev.lamina.train.Trainer;
import dev.lamina.train.TrainingListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a multilayer perceptron and saves it. */
@Command(
    name = "train",
    description = {
      "Trains a multilayer perceptron and saves the best one.",
      "Without options: on generated digits, evaluated on others that it has not seen."
    },
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  private static final int EVALUATION_BATCH = 512;

  @Spec private CommandSpec spec;
  @Mixin private CsvDataOptions csv;
  @Mixin private OptimizerOptions optimizer;
  @Mixin private DeviceOptions device;

  @Option(
      names = "--data",
      paramLabel = "SRC",
      defaultValue = "digits",
      description = "What to learn from: digits[:N], idx:FOLDER or csv:FILE (default: digits).")
  private String data;

  @Option(
      names = "--test",
      paramLabel = "SRC",
      description = "What to evaluate on at the end (default for digits: others; else nothing).")
  private String test;

  @Option(
      names = "--validation-split",
      paramLabel = "F",
      defaultValue = "0.1",
      description = "Share of the data held out to choose the best epoch (default: 0.1).")
  private double validationSplit;

  @Option(
      names = "--hidden",
      paramLabel = "WIDTHS",
      defaultValue = "512,512",
      description = "Widths of the hidden layers, or none (default: ${DEFAULT-VALUE}).")
  private String hidden;

  @Option(
      names = "--activation",
      paramLabel = "NAME",
      defaultValue = "relu",
      description = "relu, sigmoid, tanh or identity (default: ${DEFAULT-VALUE}).")
  private String activation;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "auto, softmax-cross-entropy, binary-cross-entropy or mean-squared-error"
              + " (default: ${DEFAULT-VALUE}).")
  private String loss;

  @Option(
      names = "--dropout",
      paramLabel = "P",
      defaultValue = "0",
      description = "Probability of dropping a hidden activation (default: ${DEFAULT-VALUE}).")
  private double dropout;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "128",
      description = "Samples in a batch (default: ${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "10",
      description = "How often every sample is seen (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Same seed, same weights (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where to save the model (default: runs/ and the time).")
  private Path out;

  @Option(names = "--json", description = "One JSON object per line on standard output.")
  private boolean json;

  @Override
  public Integer call() {
    check();
    List<Integer> widths = Options.widths("--hidden", hidden, ",");
    Activation phi = Options.constant("--activation", activation, Activation.class);
    DataSource source = DataSource.parse("--data", data);
    DataSource testSource = test != null ? DataSource.parse("--test", test) : testOf(source);
    optimizer.build(1);
    lossFor(true);
    Path folder = OutputFolder.of(out);
    OutputFolder.checkWritable(folder);
    PrintWriter err = spec.commandLine().getErr();

    Dataset all = source.toLearn(csv.options(), seed);
    Dataset raw =
        testSource == null ? null : testSource.toEvaluate(csv.options(), seed, all.schema());
    LossFunction function = lossFor(all.isClassification());
    Split split = validationSplit > 0 ? all.split(validationSplit, seed) : new Split(all, null);
    Preprocessing preprocessing = Preprocessing.fit(split.train());
    int outputs = outputs(all, function);
    Sequential network = Sequential.mlp(all.features(), widths, outputs, phi, dropout);
    try (Backend backend = device.open(err);
        Model model = Model.create(network, all.features(), backend, seed);
        Display display = display()) {
      Run run = new Run(model, function, all, preprocessing, folder, display);
      // A second thread may ask to stop at any moment until all is saved and said.
      try (Interruption _ = new Interruption(run::stop)) {
        run.train(split);
        run.finish(raw);
      }
    }
    return 0;
  }

  private void check() {
    Options.inRange("--validation-split", validationSplit, 0, 1);
    Options.inRange("--dropout", dropout, 0, 1);
    Options.atLeast("--batch-size", batchSize, 1);
    Options.atLeast("--epochs", epochs, 1);
  }

  /** Digits are endless: without a word on it, others than those to learn from are the test. */
  private static DataSource testOf(DataSource source) {
    return source.kind() == DataSource.Kind.DIGITS ? DataSource.DEFAULT : null;
  }

  private LossFunction lossFor(boolean classification) {
    if (!loss.equals("auto")) {
      return Options.constant("--loss", loss, LossFunction.class);
    }
    return classification ? LossFunction.SOFTMAX_CROSS_ENTROPY : LossFunction.MEAN_SQUARED_ERROR;
  }

  private static int outputs(Dataset data, LossFunction function) {
    if (!data.isClassification()) {
      return data.schema().targetNames().size();
    }
    int classes = data.classNames().size();
    return classes == 2 && function != LossFunction.SOFTMAX_CROSS_ENTROPY ? 1 : classes;
  }

  private Display display() {
    PrintWriter writer = spec.commandLine().getOut();
    boolean terminal = System.console() != null && System.console().isTerminal();
    return json ? new JsonDisplay(writer) : new TextDisplay(writer, terminal, epochs);
  }

  /** One training run on an open device. */
  private final class Run implements TrainingListener {
    private final Model model;
    private final LossFunction function;
    private final Dataset all;
    private final Preprocessing preprocessing;
    private final Path folder;
    private final Display display;
    private final Trainer trainer;
    private final Map<String, Object> facts = new LinkedHashMap<>();
    private History history;
    private long samples;

    Run(
        Model model,
        LossFunction function,
        Dataset all,
        Preprocessing preprocessing,
        Path folder,
        Display display) {
      this.model = model;
      this.function = function;
      this.all = all;
      this.preprocessing = preprocessing;
      this.folder = folder;
      this.display = display;
      this.trainer = new Trainer(model);
    }

    /** Asks the training to end; called by another thread. */
    void stop() {
      trainer.stop();
    }

    void train(Split split) {
      Dataset train = preprocessing.apply(split.train());
      Dataset held = split.validation() == null ? null : preprocessing.apply(split.validation());
      samples = train.size();
      long batch = Math.min(batchSize, samples);
      trainer
          .loss(function)
          .optimizer(optimizer.build((samples * epochs + batch - 1) / batch))
          .batchSize(batchSize)
          .seed(seed)
          .listener(display)
          .listener(this);
      announce(held);
      history = trainer.fit(train, held, epochs);
      save();
    }

    private void announce(Dataset held) {
      facts.put("device", model.backend().device().id());
      facts.put("device_name", model.backend().device().name());
      facts.put("parameters", model.layout().count());
      facts.put("model", model.toString());
      facts.put("data", all.source());
      facts.put("samples", samples);
      String summary =
          String.format(
              Locale.ROOT,
              "%s: %,d samples of %,d features to learn from%s%n%s%n%,d parameters on %s (%s)",
              all.source(),
              samples,
              all.features(),
              held == null ? "" : String.format(Locale.ROOT, ", %,d held out", held.size()),
              model,
              model.layout().count(),
              model.backend().device().id(),
              model.backend().device().name());
      display.onStart(summary, facts);
    }

    /** Saves every best epoch at once, so that whatever happens leaves a model behind. */
    @Override
    public void onEpoch(EpochReport report) {
      if (report.best()) {
        SavedModel.save(folder, model, description(Map.of("epoch", report.epoch())));
      }
    }

    private void save() {
      if (history.epochs().isEmpty()) {
        throw new LaminaException("stopped before the first step; nothing was saved");
      }
      Map<String, Object> training = new LinkedHashMap<>();
      training.put("epochs", history.epochs().size());
      training.put("best_epoch", history.best());
      training.put("seed", seed);
      training.put("data", all.source());
      training.put("optimizer", optimizer.build(1).toString());
      training.put("batch_size", batchSize);
      training.put("lamina", Version.number());
      SavedModel.save(folder, model, description(training));
    }

    private ModelDescription description(Map<String, Object> training) {
      return new ModelDescription(
          model.layer(),
          model.inputs(),
          model.dtype(),
          function,
          all.schema(),
          preprocessing,
          training);
    }

    void finish(Dataset raw) {
      EpochReport best = history.epochs().get(history.best() - 1);
      double seconds = history.epochs().stream().mapToDouble(EpochReport::seconds).sum();
      double seen =
          history.epochs().stream().mapToDouble(e -> e.samplesPerSecond() * e.seconds()).sum();
      facts.put("loss", best.loss());
      StringBuilder summary = new StringBuilder();
      if (history.stopped()) {
        facts.put("interrupted", true);
        summary.append("interrupted; ");
      }
      summary.append(
          String.format(
              Locale.ROOT,
              "trained %d epochs in %.1f s (%,.0f samples/s)",
              history.epochs().size(),
              seconds,
              seen / seconds));
      if (best.validation() != null) {
        Scores scores = Scores.of(best.validation());
        facts.putAll(scores.toJson("validation_"));
        summary.append("; best epoch ").append(history.best()).append(": ").append(scores);
      }
      if (raw != null && !history.stopped()) {
        Scores scores = evaluate(raw);
        facts.putAll(scores.toJson("test_"));
        summary.append(String.format("%ntest on %s: %s", raw.source(), scores));
      }
      facts.put("epochs", history.epochs().size());
      facts.put("best_epoch", history.best());
      facts.put("seconds", history.seconds());
      facts.put("samples_per_second", seen / seconds);
      facts.put("saved", folder.toString());
      summary.append(String.format("%nsaved to %s", folder));
      display.onEnd(summary.toString(), facts);
    }

    private Scores evaluate(Dataset raw) {
      try (DeviceData resident =
              DeviceData.upload(
                  model.backend(), preprocessing.apply(raw), function, model.outputs());
          Evaluator evaluator = new Evaluator(model, function, resident, EVALUATION_BATCH);
          Predictor predictor = new Predictor(model, function, EVALUATION_BATCH)) {
        return Scores.of(evaluator.evaluate(), raw, preprocessing, predictor);
      }
    }
  }
}
