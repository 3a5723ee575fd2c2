package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.loss.Loss;
import dev.lamina.loss.Losses;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.loss.SquaredError;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.tables.TableOptions;
import dev.lamina.train.TrainingOptions;
import dev.lamina.type.DType;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
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
      description =
          "What to learn from: digits[:N], idx:FOLDER, csv:FILE, parquet:FILE, json:FILE or"
              + " sql:QUERY (default: digits).")
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

  @Mixin private TableReadOptions reading;
  @Mixin private TableFitOptions fitting;

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
          "auto, softmax-cross-entropy, binary-cross-entropy, mean-squared-error,"
              + " half-squared-error-sum, half-mean-squared-error, huber or mean-absolute-error;"
              + " some take numbers, as in huber:delta=0.5 and"
              + " softmax-cross-entropy:label-smoothing=0.1,class-weights=1/2,ignored-label=0"
              + " (default: ${DEFAULT-VALUE}).")
  private String loss;

  @Mixin private OptimizerOptions optimizer;
  @Mixin private UpdateOptions update;

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
    TableOptions format = fitting.options(reading, source, testSource);
    PrintWriter err = spec.commandLine().getErr();
    try (OutputFolder folder = OutputFolder.of(out);
        Interruption interruption = new Interruption(err, folder::close);
        Background<Prepared> loading =
            Background.start("lamina-data", () -> prepare(source, testSource, format));
        Backend backend = device.open(err)) {
      Prepared ready = loading.get();
      Dataset learned = ready.data.split().train();
      Sequential network =
          Sequential.mlp(learned.features(), widths, outputs(learned, ready.loss), phi, dropout);
      try (Model model = Model.zeros(network, learned.features(), backend, DType.FP32);
          Display display = display()) {
        return train(ready, model, folder.path(), display, interruption);
      }
    }
  }

  /** What there is to learn from, and the memory that it lies in. */
  private record Prepared(LearningData data, Loss loss, Arena memory) implements AutoCloseable {
    @Override
    public void close() {
      memory.close();
    }
  }

  private Prepared prepare(DataSource source, DataSource testSource, TableOptions format) {
    Arena memory = Arena.ofShared();
    Prepared prepared = null;
    try {
      LearningData data =
          LearningData.of(source, testSource, format, validationSplit, seed, memory);
      prepared = new Prepared(data, lossFor(data.split().train()), memory);
      return prepared;
    } finally {
      if (prepared == null) {
        memory.close();
      }
    }
  }

  private int train(
      Prepared data, Model model, Path folder, Display display, Interruption interruption) {
    PrintWriter err = spec.commandLine().getErr();
    long updates = update.updates(steps(data.data.split().train().size()));
    TrainingOptions options =
        update.apply(
            TrainingOptions.DEFAULT
                .withLoss(data.loss)
                .withOptimizer(optimizer.build(updates))
                .withBatchSize(batchSize)
                .withSeed(seed)
                .withPlacement(placement.placement()));
    TrainingRun run = new TrainingRun(model, options, epochs, data.data, folder, display, err);
    interruption.stops(run);
    // Over once all is saved and said, and before memory is freed.
    try (interruption) {
      try {
        run.train();
        run.finish(data.data.test());
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

  /** How many steps the run will have. */
  private long steps(long samples) {
    long batch = Math.min(batchSize, samples);
    long steps = (samples * epochs + batch - 1) / batch;
    if (steps > Integer.MAX_VALUE) {
      throw new LaminaException(
          "--epochs "
              + epochs
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

  /** What is wrong whatever the data. */
  private void check() {
    Options.share("--validation-split", validationSplit);
    Options.share("--dropout", dropout);
    Options.between("--batch-size", batchSize, 1, Integer.MAX_VALUE);
    Options.between("--epochs", epochs, 1, Integer.MAX_VALUE);
    optimizer.check();
    update.check();
    device.check();
    placement.check();
    if (!loss.equals("auto")) {
      named();
    }
  }

  /** Digits are endless: without a word on it, others than those to learn from are the test. */
  private static DataSource testOf(DataSource source) {
    return source.kind() == DataSource.Kind.DIGITS ? DataSource.DEFAULT : null;
  }

  private Loss named() {
    return Losses.find(loss)
        .orElseThrow(() ->
            new LaminaException(
                "--loss "
                    + loss
                    + ": expected auto or one of "
                    + String.join(", ", Losses.names())));
  }

  private Loss lossFor(Dataset all) {
    if (loss.equals("auto")) {
      return all.isClassification() ? new SoftmaxCrossEntropy() : new SquaredError();
    }
    Loss function = named();
    boolean needsClasses =
        switch (function.outputs()) {
          case CLASS_LOGITS, LOGITS -> true;
          case NUMBERS -> false;
        };
    if (needsClasses && !all.isClassification()) {
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

  /** One for each class or real target; a logit of its own tells two classes by one. */
  private static int outputs(Dataset data, Loss function) {
    if (!data.isClassification()) {
      return data.schema().targetNames().size();
    }
    int classes = data.classNames().size();
    return switch (function.outputs()) {
      case LOGITS -> classes == 2 ? 1 : classes;
      case CLASS_LOGITS, NUMBERS -> classes;
    };
  }

  private Display display() {
    PrintWriter writer = spec.commandLine().getOut();
    return json
        ? new JsonDisplay(writer)
        : new TextDisplay(writer, StandardOutput.isTerminal(), epochs);
  }
}
