package dev.lamina.cli;

import dev.lamina.data.Dataset;
import dev.lamina.data.Preprocessing;
import dev.lamina.train.Evaluation;
import dev.lamina.train.Predictor;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An evaluation as users read it.
 *
 * @param loss in the units of training: for a regression, of standardised targets
 * @param accuracy NaN for a regression
 * @param rmse in the targets' own units, NaN for classes
 */
record Scores(double loss, double accuracy, double rmse, int samples) {
  static Scores of(Evaluation evaluation) {
    return new Scores(
        evaluation.loss(), evaluation.accuracy(), evaluation.rmse(), evaluation.samples());
  }

  /** With the error of a regression in the targets' own units, from predictions. */
  static Scores of(
      Evaluation evaluation, Dataset raw, Preprocessing preprocessing, Predictor predictor) {
    if (raw.isClassification()) {
      return of(evaluation);
    }
    float[] predicted = predictor.predict(preprocessing.apply(raw));
    int columns = raw.schema().targetNames().size();
    float[] target = new float[columns];
    float[] row = new float[columns];
    double sum = 0;
    for (int i = 0; i < raw.size(); i++) {
      raw.copyTargets(i, target);
      System.arraycopy(predicted, i * columns, row, 0, columns);
      preprocessing.invertTargets(row);
      for (int k = 0; k < columns; k++) {
        double error = row[k] - target[k];
        sum += error * error;
      }
    }
    double rmse = Math.sqrt(sum / ((double) raw.size() * columns));
    return new Scores(evaluation.loss(), Double.NaN, rmse, raw.size());
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

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "loss %.4f", loss));
    if (!Double.isNaN(accuracy)) {
      text.append(String.format(Locale.ROOT, ", accuracy %.2f%%", 100 * accuracy));
    }
    if (!Double.isNaN(rmse)) {
      text.append(String.format(Locale.ROOT, ", rmse %.5g", rmse));
    }
    return text.toString();
  }
}
