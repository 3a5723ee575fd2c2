package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.optim.Adam;
import dev.lamina.optim.AdamW;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import dev.lamina.optim.Sgd;
import picocli.CommandLine.Option;

/** Which optimizer, and how fast. */
final class OptimizerOptions {
  private static final long LONGEST_WARMUP = Integer.MAX_VALUE;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "adam",
      description = "adam, adamw or sgd (default: ${DEFAULT-VALUE}).")
  private String optimizer;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      defaultValue = "0.001",
      description = "The highest learning rate (default: ${DEFAULT-VALUE}).")
  private double learningRate;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      defaultValue = "cosine",
      description =
          "constant, step (a tenth after every third of the run) or cosine (to 0 at the end)"
              + " (default: ${DEFAULT-VALUE}).")
  private String schedule;

  @Option(
      names = "--warmup",
      paramLabel = "STEPS",
      defaultValue = "0",
      description = "Steps over which the rate first rises (default: ${DEFAULT-VALUE}).")
  private long warmup;

  @Option(
      names = "--weight-decay",
      paramLabel = "L2",
      defaultValue = "0",
      description =
          "L2 penalty on weights, not on biases; for adamw the decay"
              + " (default: ${DEFAULT-VALUE}).")
  private double weightDecay;

  @Option(
      names = "--momentum",
      paramLabel = "MU",
      defaultValue = "0",
      description = "Momentum of sgd (default: ${DEFAULT-VALUE}).")
  private double momentum;

  @Option(names = "--nesterov", description = "Nesterov's form of sgd's momentum.")
  private boolean nesterov;

  /** Refuses what is wrong whatever the number of steps. */
  void check() {
    Options.positive("--learning-rate", learningRate);
    Options.between("--warmup", warmup, 0, LONGEST_WARMUP);
    Options.notNegative("--weight-decay", weightDecay);
    Options.share("--momentum", momentum);
    if (momentum > 0 && !optimizer.equals("sgd")) {
      throw new LaminaException(
          "--momentum " + momentum + ": only --optimizer sgd has a momentum; name it or leave it");
    }
    if (nesterov && momentum == 0) {
      throw new LaminaException(
          "--nesterov: needs --optimizer sgd and a --momentum above 0, as in --momentum 0.9");
    }
    build(1);
  }

  /** The optimizer for a run of so many steps. */
  Optimizer build(long steps) {
    Schedule rate = rate(Math.max(1, steps - warmup)).withWarmup(warmup);
    return switch (optimizer) {
      case "adam" -> new Adam(rate, 0.9, 0.999, 1e-8, weightDecay);
      case "adamw" -> new AdamW(rate, 0.9, 0.999, 1e-8, weightDecay);
      case "sgd" -> new Sgd(rate, momentum, nesterov, weightDecay);
      default ->
          throw new LaminaException("--optimizer " + optimizer + ": expected adam, adamw or sgd");
    };
  }

  private Schedule rate(long steps) {
    return switch (schedule) {
      case "constant" -> Schedule.constant(learningRate);
      case "step" -> Schedule.step(learningRate, Math.max(1, (steps + 2) / 3), 0.1);
      case "cosine" -> Schedule.cosine(learningRate, steps, 0);
      default ->
          throw new LaminaException(
              "--schedule " + schedule + ": expected constant, step or cosine");
    };
  }
}
