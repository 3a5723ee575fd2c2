package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.data.CsvOptions;
import dev.lamina.data.Dataset;
import dev.lamina.data.Preprocessing;
import dev.lamina.data.Split;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.op.LossFunction;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a multilayer perceptron and saves it. */
@Command(
    name = "train",
    sortOptions = false,
    description = {
      "Trains a multilayer perceptron and saves the best one.",
      "Without options: on generated digits, evaluated on others that it has not seen."
    },
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

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
      description = "Share of the data held out to choose the best epoch, or 0 (default: 0.1).")
  private double validationSplit;

  @Mixin private CsvDataOptions csv;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      description =
          "Whether a CSV target is a class or a number: auto, classification or regression"
              + " (default: auto).")
  private String task;

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
      description = "relu, gelu, sigmoid, tanh or identity (default: ${DEFAULT-VALUE}).")
  private String activation;

  @Option(
      names = "--dropout",
      paramLabel = "P",
      defaultValue = "0",
      description = "Probability of dropping a hidden activation (default: ${DEFAULT-VALUE}).")
  private double dropout;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "auto, softmax-cross-entropy, binary-cross-entropy or mean-squared-error"
              + " (default: ${DEFAULT-VALUE}).")
  private String loss;

  @Mixin private OptimizerOptions optimizer;

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

  @Mixin private DeviceOptions device;
  @Mixin private PlacementOptions placement;

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
    CsvOptions format = format(source, testSource);
    Path folder = OutputFolder.of(out);
    OutputFolder.checkWritable(folder);

    PrintWriter err = spec.commandLine().getErr();
    Background<Prepared> loading =
        Background.start("lamina-data", () -> prepare(source, testSource, format));
    try (Backend backend = device.open(err)) {
      Prepared ready = loading.get();
      Dataset all = ready.all;
      Sequential network =
          Sequential.mlp(all.features(), widths, outputs(all, ready.loss), phi, dropout);
      try (Model model = Model.create(network, all.features(), backend, seed);
          Display display = display()) {
        return train(ready, model, folder, display, err);
      }
    }
  }

  /** What there is to learn from and to be judged by. */
  private record Prepared(
      Dataset all, Dataset test, LossFunction loss, Split split, Preprocessing preprocessing) {}

  private Prepared prepare(DataSource source, DataSource testSource, CsvOptions format) {
    Dataset all = source.toLearn(format, seed);
    LossFunction function = lossFor(all);
    Dataset held = testSource == null ? null : testSource.toEvaluate(format, seed, all.schema());
    Split split = split(all);
    return new Prepared(all, held, function, split, Preprocessing.fit(split.train()));
  }

  private int train(Prepared data, Model model, Path folder, Display display, PrintWriter err) {
    TrainingSettings settings =
        new TrainingSettings(data.loss, optimizer, batchSize, epochs, seed, placement.placement());
    TrainingRun run =
        new TrainingRun(model, settings, data.split, data.preprocessing, folder, display);
    // A second thread may ask to stop at any moment until all is saved and said.
    try (Interruption _ = new Interruption(run::stop, err)) {
      try {
        run.train();
        run.finish(data.test);
        return 0;
      } catch (LaminaException e) {
        if (!run.isStopping()) {
          throw e;
        }
        // Once the interruption is over the virtual machine ends, and nobody else says it.
        Main.complain(err, e.getMessage());
        return Main.USER_ERROR;
      }
    }
  }

  /** What is wrong whatever the data. */
  private void check() {
    Options.share("--validation-split", validationSplit);
    Options.share("--dropout", dropout);
    Options.between("--batch-size", batchSize, 1, Integer.MAX_VALUE);
    Options.between("--epochs", epochs, 1, Integer.MAX_VALUE);
    optimizer.check();
    device.check();
    placement.check();
    if (!loss.equals("auto")) {
      Options.constant("--loss", loss, LossFunction.class);
    }
  }

  private CsvOptions format(DataSource source, DataSource testSource) {
    CsvOptions format = csv.options(source, testSource);
    if (task == null) {
      return format;
    }
    if (source.kind() != DataSource.Kind.CSV) {
      CsvDataOptions.refuse("--task", task);
    }
    return format.withTask(Options.constant("--task", task, CsvOptions.Task.class));
  }

  /** Digits are endless: without a word on it, others than those to learn from are the test. */
  private static DataSource testOf(DataSource source) {
    return source.kind() == DataSource.Kind.DIGITS ? DataSource.DEFAULT : null;
  }

  private Split split(Dataset all) {
    if (validationSplit == 0) {
      return new Split(all, null);
    }
    if (all.size() < 2) {
      throw new LaminaException(
          all.source()
              + ": nothing can be held out of a single sample; give more data, or"
              + " --validation-split 0");
    }
    return all.split(validationSplit, seed);
  }

  private LossFunction lossFor(Dataset all) {
    if (loss.equals("auto")) {
      return all.isClassification()
          ? LossFunction.SOFTMAX_CROSS_ENTROPY
          : LossFunction.MEAN_SQUARED_ERROR;
    }
    LossFunction function = Options.constant("--loss", loss, LossFunction.class);
    if (function != LossFunction.MEAN_SQUARED_ERROR && !all.isClassification()) {
      throw new LaminaException(
          "--loss "
              + loss
              + ": needs classes, and the targets of "
              + all.source()
              + " are real numbers; use mean-squared-error, or name a target of classes by"
              + " --target");
    }
    return function;
  }

  /** One for each class or real target; the binary cross-entropy tells two classes by one. */
  private static int outputs(Dataset data, LossFunction function) {
    if (!data.isClassification()) {
      return data.schema().targetNames().size();
    }
    int classes = data.classNames().size();
    return classes == 2 && function == LossFunction.BINARY_CROSS_ENTROPY ? 1 : classes;
  }

  private Display display() {
    PrintWriter writer = spec.commandLine().getOut();
    return json
        ? new JsonDisplay(writer)
        : new TextDisplay(writer, StandardOutput.isTerminal(), epochs);
  }
}
