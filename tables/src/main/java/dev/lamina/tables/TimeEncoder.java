package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.io.JsonNode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Dates and times of the day. The year is standardised; month, day of the week and time of the day
 * are pairs sin(2π·p), cos(2π·p) with p = (month − 1)/12, (day − 1)/7 from Monday on, and the share
 * of the day that has passed. A gap is taken for the median, and where training had gaps a last
 * feature is 1 for them.
 *
 * @param dated whether there is a date
 * @param timed whether there is a time of the day
 * @param pattern how text columns write it, null for none
 * @param year the mean of the training years
 * @param scale their standard deviation, 1 for a constant
 * @param median in microseconds
 * @param flagged whether there is a feature for gaps
 * @param least of the training rows, in microseconds
 * @param greatest of the training rows, in microseconds
 */
record TimeEncoder(
    boolean dated,
    boolean timed,
    TimePattern pattern,
    double year,
    double scale,
    long median,
    boolean flagged,
    long least,
    long greatest)
    implements FeatureEncoder {
  static final long DAY = 86_400_000_000L;

  /** Checks what may come from a file. */
  TimeEncoder {
    if (!(scale > 0) || !dated && !timed) {
      throw new LaminaException(
          "a scale of " + scale + "; expected one above 0, and a date, a time or both");
    }
  }

  /**
   * Fitted to the training values without gaps, of which there is at least one.
   *
   * @param micros are sorted in place
   */
  static TimeEncoder fit(boolean dated, TimePattern pattern, long[] micros, boolean flagged) {
    Arrays.sort(micros);
    double[] years = Arrays.stream(micros).mapToDouble(t -> date(t).getYear()).toArray();
    NumberEncoder year = NumberEncoder.fit(NumberTransform.NONE, years, false);
    return new TimeEncoder(
        dated,
        !dated || Arrays.stream(micros).anyMatch(t -> Math.floorMod(t, DAY) != 0),
        pattern,
        year.mean(),
        year.scale(),
        micros[(micros.length - 1) / 2],
        flagged,
        micros[0],
        micros[micros.length - 1]);
  }

  private static LocalDate date(long micros) {
    return LocalDate.ofEpochDay(Math.floorDiv(micros, DAY));
  }

  @Override
  public String kind() {
    return dated ? "date" : "time";
  }

  @Override
  public ColumnRequest request() {
    return dated ? ColumnRequest.date(pattern) : ColumnRequest.TIME;
  }

  @Override
  public List<String> features(String column) {
    List<String> names = new ArrayList<>();
    if (dated) {
      names.add(column + " year");
      pair(names, column + " month");
      pair(names, column + " weekday");
    }
    if (timed) {
      pair(names, column + " hour");
    }
    if (flagged) {
      names.add(column + MISSING);
    }
    return names;
  }

  private static void pair(List<String> names, String name) {
    names.add(name + " sin");
    names.add(name + " cos");
  }

  @Override
  public void encode(Column column, int[] rows, FeatureSink sink, int at) {
    for (int i = 0; i < rows.length; i++) {
      boolean gap = column.isGap(rows[i]);
      long micros = gap ? median : ((Column.Whole) column).value(rows[i]);
      int j = at;
      if (dated) {
        LocalDate date = date(micros);
        sink.put(i, j++, (date.getYear() - year) / scale, rows[i], date.getYear());
        j = pair(sink, i, j, (date.getMonthValue() - 1) / 12.0);
        j = pair(sink, i, j, (date.getDayOfWeek().getValue() - 1) / 7.0);
      }
      if (timed) {
        j = pair(sink, i, j, (double) Math.floorMod(micros, DAY) / DAY);
      }
      sink.gap(i, j, gap, flagged);
    }
  }

  private static int pair(FeatureSink sink, int i, int j, double turn) {
    sink.put(i, j, (float) Math.sin(2 * Math.PI * turn));
    sink.put(i, j + 1, (float) Math.cos(2 * Math.PI * turn));
    return j + 2;
  }

  @Override
  public String what() {
    return (dated ? "year, month, weekday" : "")
        + (dated && timed ? ", " : "")
        + (timed ? "hour" : "")
        + " as cyclic pairs"
        + (flagged ? "; gaps get the median and a flag" : "");
  }

  @Override
  public String range() {
    return dated ? date(least) + " to " + date(greatest) : "";
  }

  @Override
  public Map<String, Object> toJson() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("timed", timed);
    if (pattern != null) {
      tree.put("pattern", SchemaJson.label(pattern));
    }
    tree.put("year", year);
    tree.put("scale", scale);
    tree.put("median", median);
    tree.put("flagged", flagged);
    tree.put("least", least);
    tree.put("greatest", greatest);
    return tree;
  }

  static TimeEncoder fromJson(boolean dated, JsonNode tree) {
    return new TimeEncoder(
        dated,
        tree.get("timed").flag(),
        tree.find("pattern").map(node -> SchemaJson.constant(node, TimePattern.class)).orElse(null),
        tree.get("year").number(),
        tree.get("scale").number(),
        tree.get("median").whole(),
        tree.get("flagged").flag(),
        tree.get("least").whole(),
        tree.get("greatest").whole());
  }
}
