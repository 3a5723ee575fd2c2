package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.train.ParameterGroup;
import dev.lamina.train.TrainingOptions;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What becomes of gradients before parameters follow them, and of the parameters after. */
final class UpdateOptions {
  private static final int MOST_BATCHES = 1 << 20;

  @Option(
      names = "--clip-norm",
      paramLabel = "C",
      description = "Shorten gradients that all together have a larger Euclidean norm.")
  private Double clipNorm;

  @Option(
      names = "--clip-value",
      paramLabel = "C",
      description = "Bring every element of gradients into [-C, C], before --clip-norm.")
  private Double clipValue;

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Update the parameters after so many batches, by the mean of their gradients"
              + " (default: ${DEFAULT-VALUE}).")
  private int accumulate;

  @Option(
      names = "--average",
      paramLabel = "D",
      defaultValue = "0",
      description =
          "Evaluate and save an exponential moving average of the parameters that keeps this part"
              + " of itself at an update, as 0.999, or 0 for none (default: ${DEFAULT-VALUE}).")
  private double average;

  @Option(
      names = "--freeze",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Leave parameters as they start: names with commas between them, in which * stands for"
              + " any characters, as in 0.*,*.bias.")
  private String[] freeze = {};

  /** Refuses what is wrong whatever the model. */
  void check() {
    if (clipNorm != null) {
      Options.positive("--clip-norm", clipNorm);
    }
    if (clipValue != null) {
      Options.positive("--clip-value", clipValue);
    }
    Options.between("--accumulate", accumulate, 1, MOST_BATCHES);
    Options.share("--average", average);
    for (String pattern : freeze) {
      if (pattern.isBlank()) {
        throw new LaminaException("--freeze: a name is missing; expected names as in 0.*,*.bias");
      }
    }
  }

  /** How many updates so many batches bring. */
  long updates(long batches) {
    return Math.ceilDiv(batches, accumulate);
  }

  /** Options with these. */
  TrainingOptions apply(TrainingOptions options) {
    TrainingOptions result = options.withAccumulation(accumulate).withAverageDecay(average);
    if (clipNorm != null) {
      result = result.withClipNorm(clipNorm);
    }
    if (clipValue != null) {
      result = result.withClipValue(clipValue);
    }
    for (String pattern : freeze) {
      ParameterGroup frozen = ParameterGroup.frozen(pattern.strip());
      result =
          result.withGroup(
              new ParameterGroup("--freeze " + pattern, frozen.names(), Optional.empty()));
    }
    return result;
  }
}
