package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.io.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Numbers: z = (t(x) − mean) / scale with a transform t, computed in double. A gap is taken for the
 * median, and where training had gaps a second feature is 1 for them and 0 elsewhere.
 *
 * @param landmarks of the transform, if it needs some
 * @param mean of t(x) over the training rows without a gap
 * @param scale the population standard deviation of t(x), 1 for a constant
 * @param median of x
 * @param flagged whether there is a second feature
 * @param least of the training rows
 * @param greatest of the training rows
 */
record NumberEncoder(
    NumberTransform transform,
    List<Double> landmarks,
    double mean,
    double scale,
    double median,
    boolean flagged,
    double least,
    double greatest)
    implements FeatureEncoder {
  /** Checks what may come from a file. */
  NumberEncoder {
    landmarks = List.copyOf(landmarks);
    if (!(scale > 0) || (transform == NumberTransform.QUANTILE) == landmarks.isEmpty()) {
      throw new LaminaException(
          "a scale of "
              + scale
              + " and "
              + landmarks.size()
              + " landmarks; expected a scale above 0, and landmarks for quantiles only");
    }
  }

  /** Numbers as they are. */
  static NumberEncoder plain() {
    return new NumberEncoder(NumberTransform.NONE, List.of(), 0, 1, 0, false, 0, 0);
  }

  /**
   * Fitted to the training values without gaps, of which there is at least one.
   *
   * @param values are sorted in place
   */
  static NumberEncoder fit(NumberTransform transform, double[] values, boolean flagged) {
    Arrays.sort(values);
    double[] landmarks = transform.landmarks(values);
    int n = values.length;
    double sum = 0;
    for (double value : values) {
      sum += transform.apply(value, landmarks);
    }
    boolean constant = values[0] == values[n - 1];
    double mean = constant ? transform.apply(values[0], landmarks) : sum / n;
    double squares = 0;
    for (double value : values) {
      double d = transform.apply(value, landmarks) - mean;
      squares += d * d;
    }
    double deviation = Math.sqrt(squares / n);
    return new NumberEncoder(
        transform,
        Arrays.stream(landmarks).boxed().toList(),
        mean,
        constant || !(deviation > 0) ? 1 : deviation,
        median(values),
        flagged,
        values[0],
        values[n - 1]);
  }

  /** Of two in the middle their mean. */
  private static double median(double[] sorted) {
    int n = sorted.length;
    double upper = sorted[n / 2];
    return n % 2 == 1 ? upper : sorted[n / 2 - 1] / 2 + upper / 2;
  }

  @Override
  public String kind() {
    return "number";
  }

  @Override
  public ColumnRequest request() {
    return ColumnRequest.NUMBER;
  }

  @Override
  public List<String> features(String column) {
    return FeatureEncoder.withFlag(column, flagged);
  }

  @Override
  public void encode(Column column, int[] rows, FeatureSink sink, int at) {
    double[] q = NumberTransform.array(landmarks);
    for (int i = 0; i < rows.length; i++) {
      boolean gap = column.isGap(rows[i]);
      double x = gap ? median : Column.number(column, rows[i]);
      sink.put(i, at, (transform.apply(x, q) - mean) / scale, rows[i], x);
      sink.gap(i, at + 1, gap, flagged);
    }
  }

  @Override
  public String what() {
    return switch (transform) {
          case NONE -> "standardised";
          case LOG -> "logarithm, standardised";
          case QUANTILE -> "quantile, standardised";
        }
        + (flagged ? "; gaps get the median and a flag" : "");
  }

  @Override
  public String range() {
    return CellText.shown(least) + " to " + CellText.shown(greatest);
  }

  @Override
  public Map<String, Object> toJson() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("transform", transform.name().toLowerCase(Locale.ROOT));
    if (!landmarks.isEmpty()) {
      tree.put("landmarks", landmarks);
    }
    tree.put("mean", mean);
    tree.put("scale", scale);
    tree.put("median", median);
    tree.put("flagged", flagged);
    tree.put("least", least);
    tree.put("greatest", greatest);
    return tree;
  }

  static NumberEncoder fromJson(JsonNode tree) {
    List<Double> landmarks = new ArrayList<>();
    tree.find("landmarks").ifPresent(list -> Arrays.stream(list.numbers()).forEach(landmarks::add));
    return new NumberEncoder(
        SchemaJson.constant(tree.get("transform"), NumberTransform.class),
        landmarks,
        tree.get("mean").number(),
        tree.get("scale").number(),
        tree.get("median").number(),
        tree.get("flagged").flag(),
        tree.get("least").number(),
        tree.get("greatest").number());
  }
}
