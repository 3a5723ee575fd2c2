package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.host.HostMemory;
import dev.lamina.io.JsonNode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Shifts and scales columns to mean 0 and standard deviation 1: z = (x − mean) / scale, computed in
 * double and rounded to fp32.
 *
 * @param mean the mean of each column
 * @param scale the population standard deviation of each column, 1 for one that is constant
 */
public record Standardizer(List<Double> mean, List<Double> scale) {
  /** Checks that every column has a finite mean and a scale above 0. */
  public Standardizer {
    mean = List.copyOf(mean);
    scale = List.copyOf(scale);
    if (mean.isEmpty() || mean.size() != scale.size()) {
      throw new LaminaException(
          "standardisation: "
              + mean.size()
              + " means and "
              + scale.size()
              + " scales; expected one of each for every column");
    }
    for (int j = 0; j < mean.size(); j++) {
      if (!Double.isFinite(mean.get(j))
          || !(scale.get(j) > 0 && scale.get(j) <= Double.MAX_VALUE)) {
        throw new LaminaException(
            "standardisation: column "
                + (j + 1)
                + " has mean "
                + mean.get(j)
                + " and scale "
                + scale.get(j)
                + "; expected finite numbers, the scale above 0");
      }
    }
  }

  /** Fitted to the features of a data set. */
  public static Standardizer ofFeatures(Dataset data) {
    float[] row = new float[data.features()];
    return fit(data.size(), row, i -> data.copyRow(i, row));
  }

  /** Fitted to the real targets of a data set. */
  public static Standardizer ofTargets(Dataset data) {
    requireRegression(data);
    float[] row = new float[data.schema().targetNames().size()];
    return fit(data.size(), row, i -> data.copyTargets(i, row));
  }

  @FunctionalInterface
  private interface Rows {
    void load(int i);
  }

  /** Two passes: squares are taken of differences from the mean, so nothing cancels. */
  private static Standardizer fit(int n, float[] row, Rows rows) {
    int columns = row.length;
    double[] mean = new double[columns];
    double[] square = new double[columns];
    float[] least = new float[columns];
    float[] greatest = new float[columns];
    for (int i = 0; i < n; i++) {
      rows.load(i);
      for (int j = 0; j < columns; j++) {
        mean[j] += row[j];
        least[j] = i == 0 ? row[j] : Math.min(least[j], row[j]);
        greatest[j] = i == 0 ? row[j] : Math.max(greatest[j], row[j]);
      }
    }
    for (int j = 0; j < columns; j++) {
      mean[j] = least[j] == greatest[j] ? least[j] : mean[j] / n;
    }
    for (int i = 0; i < n; i++) {
      rows.load(i);
      for (int j = 0; j < columns; j++) {
        double d = row[j] - mean[j];
        square[j] += d * d;
      }
    }
    List<Double> means = new ArrayList<>(columns);
    List<Double> scales = new ArrayList<>(columns);
    for (int j = 0; j < columns; j++) {
      means.add(mean[j]);
      scales.add(least[j] == greatest[j] ? 1 : Math.sqrt(square[j] / n));
    }
    return new Standardizer(means, scales);
  }

  /** The number of columns. */
  public int columns() {
    return mean.size();
  }

  /** The samples with standardised features, in FP32, in memory of an arena. */
  public Dataset applyToFeatures(Dataset data, Arena arena) {
    requireColumns(data, data.features(), "features");
    double[] shift = array(mean);
    double[] divisor = array(scale);
    float[] row = new float[columns()];
    MemorySegment features =
        HostMemory.allocate(arena, 4L * data.size() * columns(), data.source());
    for (int i = 0; i < data.size(); i++) {
      data.copyRow(i, row);
      forward(row, shift, divisor, data, i, "feature");
      MemorySegment.copy(row, 0, features, ValueLayout.JAVA_FLOAT, 4L * i * columns(), columns());
    }
    return data.withFeatures(features);
  }

  /** The samples with standardised real targets, in memory of an arena. */
  public Dataset applyToTargets(Dataset data, Arena arena) {
    requireRegression(data);
    requireColumns(data, data.schema().targetNames().size(), "targets");
    double[] shift = array(mean);
    double[] divisor = array(scale);
    float[] row = new float[columns()];
    MemorySegment targets = HostMemory.allocate(arena, 4L * data.size() * columns(), data.source());
    for (int i = 0; i < data.size(); i++) {
      data.copyTargets(i, row);
      forward(row, shift, divisor, data, i, "target");
      MemorySegment.copy(row, 0, targets, ValueLayout.JAVA_FLOAT, 4L * i * columns(), columns());
    }
    return data.withTargets(targets);
  }

  private static void forward(
      float[] row, double[] mean, double[] scale, Dataset data, int i, String what) {
    for (int j = 0; j < row.length; j++) {
      float z = (float) ((row[j] - mean[j]) / scale[j]);
      if (!Float.isFinite(z)) {
        throw new LaminaException(
            data.source()
                + ": row "
                + (i + 1)
                + ", "
                + what
                + " "
                + (j + 1)
                + ": "
                + row[j]
                + " lies too far from what the model was trained on (mean "
                + mean[j]
                + ", deviation "
                + scale[j]
                + "); mend it or leave the row out");
      }
      row[j] = z;
    }
  }

  private static double[] array(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Turns standardised values of a row back: x = z · scale + mean, in place. */
  public void invert(float[] row) {
    for (int j = 0; j < columns(); j++) {
      row[j] = (float) (row[j] * scale.get(j) + mean.get(j));
    }
  }

  private void requireColumns(Dataset data, int came, String what) {
    if (came != columns()) {
      throw new LaminaException(
          data.source()
              + ": "
              + came
              + " "
              + what
              + ", but the standardisation was fitted to "
              + columns());
    }
  }

  private static void requireRegression(Dataset data) {
    if (data.isClassification()) {
      throw new LaminaException(
          data.source() + ": the targets are classes; only real targets can be standardised");
    }
  }

  /** The numbers as a JSON tree, for a model's description. */
  public Map<String, Object> toJson() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("mean", mean);
    tree.put("scale", scale);
    return tree;
  }

  /** What {@link #toJson} wrote. */
  public static Standardizer fromJson(JsonNode tree) {
    List<Double> mean = tree.get("mean").elements().stream().map(JsonNode::number).toList();
    List<Double> scale = tree.get("scale").elements().stream().map(JsonNode::number).toList();
    try {
      return new Standardizer(mean, scale);
    } catch (LaminaException e) {
      throw new LaminaException(tree.place() + ": " + e.getMessage(), e);
    }
  }
}
