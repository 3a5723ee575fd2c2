package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.data.Dataset;
import dev.lamina.data.Preprocessing;
import dev.lamina.data.Standardizer;
import dev.lamina.loss.Loss;
import dev.lamina.nn.Model;
import dev.lamina.train.DataPlacement;
import dev.lamina.train.DataReport;
import dev.lamina.train.DeviceData;
import dev.lamina.train.Evaluation;
import dev.lamina.train.Evaluator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * An evaluation as users read it.
 *
 * @param loss in the units of training: for a regression, of standardised targets
 * @param accuracy NaN for a regression
 * @param rmse in the target's own unit; NaN for classes, and for several targets, whose units
 *     differ
 */
record Scores(double loss, double accuracy, double rmse, int samples) {
  /** One number for all commands, so that train and evaluate add in the same order. */
  private static final int BATCH = 512;

  private static final double TOO_LONG = 1e6;

  /** An evaluation on data that went through a preprocessing. */
  static Scores of(Evaluation evaluation, Preprocessing preprocessing) {
    double rmse = evaluation.hasAccuracy() ? Double.NaN : evaluation.rmse() * unit(preprocessing);
    return new Scores(evaluation.loss(), evaluation.accuracy(), rmse, evaluation.samples());
  }

  private static double unit(Preprocessing preprocessing) {
    if (preprocessing.targets().isEmpty()) {
      return 1;
    }
    Standardizer targets = preprocessing.targets().get();
    return targets.columns() == 1 ? targets.scale().getFirst() : Double.NaN;
  }

  /**
   * Evaluates a model on data as it sees them.
   *
   * @param preprocessing that they went through
   * @param placed hears where the data lie
   * @throws LaminaException if the loss is NaN or infinite
   */
  static Scores evaluate(
      Model model,
      Loss loss,
      Preprocessing preprocessing,
      Dataset data,
      DataPlacement placement,
      Consumer<DataReport> placed) {
    DataReport place = Evaluator.place("data", model, loss, data, BATCH, placement);
    placed.accept(place);
    try (DeviceData there =
            DeviceData.open(place, model.backend(), data, loss, model.outputs(), model.dtype());
        Evaluator evaluator = new Evaluator(model, loss, there, BATCH)) {
      Evaluation evaluation = evaluator.evaluate();
      if (!Double.isFinite(evaluation.loss())) {
        throw new LaminaException(
            data.source()
                + ": the model's loss on these data is NaN or infinite; look for extreme values in"
                + " them, or train again with a smaller learning rate");
      }
      return of(evaluation, preprocessing);
    }
  }

  /** With a prefix to each name: {@code test_accuracy}. */
  Map<String, Object> toJson(String prefix) {
    Map<String, Object> tree = new LinkedHashMap<>();
    put(tree, prefix + "loss", loss);
    put(tree, prefix + "accuracy", accuracy);
    put(tree, prefix + "rmse", rmse);
    tree.put(prefix + "samples", samples);
    return tree;
  }

  private static void put(Map<String, Object> tree, String name, double value) {
    if (!Double.isNaN(value)) {
      tree.put(name, value);
    }
  }

  /** A loss, with an exponent where it would be too long to read. */
  static String format(double loss) {
    return String.format(Locale.ROOT, loss < TOO_LONG ? "%.4f" : "%.4e", loss);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("loss " + format(loss));
    if (!Double.isNaN(accuracy)) {
      text.append(String.format(Locale.ROOT, ", accuracy %.2f%%", 100 * accuracy));
    }
    if (!Double.isNaN(rmse)) {
      text.append(String.format(Locale.ROOT, ", rmse %.5g", rmse));
    }
    return text.toString();
  }
}
