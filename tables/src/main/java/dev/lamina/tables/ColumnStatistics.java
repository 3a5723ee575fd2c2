package dev.lamina.tables;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * What the cells of a text column look like. The different ones are counted approximately.
 *
 * @param cells that are no gaps
 * @param numbers cells with a number's form
 * @param whole cells that are whole numbers
 * @param infinite cells that are infinite or beyond a double
 * @param booleans cells true or false
 * @param commas numbers but for a comma instead of a point
 * @param timelike cells that begin as a date or a time does
 * @param differentNumbers among the numbers
 * @param differentTexts among the other cells
 * @param length the mean length of a cell
 */
record ColumnStatistics(
    long cells,
    long numbers,
    long whole,
    long infinite,
    long booleans,
    long commas,
    long timelike,
    long differentNumbers,
    long differentTexts,
    double length) {
  /** How many numbers {@link #read} takes. */
  static final int FIELDS = 10;

  /** What a text takes in the heap beside its letters. */
  private static final int TEXT_OVERHEAD = 96;

  /** Above this a double does not hold every whole number. */
  private static final String EXACT = "9007199254740992";

  /** The expressions of SQL that {@link #read} takes; {@code t} is a cell, {@code v} its number. */
  static List<String> sql(String t, String v) {
    String text = v + " IS NULL AND " + t + " IS NOT NULL";
    return List.of(
        "count(" + t + ")",
        "count(" + v + ")",
        count("isfinite(" + v + ") AND " + v + " = trunc(" + v + ") AND abs(" + v + ") < " + EXACT),
        count("NOT isfinite(" + v + ")"),
        count(text + " AND lower(" + t + ") IN ('true', 'false')"),
        count(text + " AND regexp_full_match(" + t + ", '[+-]?\\d+,\\d+')"),
        count(text + " AND regexp_matches(" + t + ", '^\\d{1,4}[-./:]\\d')"),
        "approx_count_distinct(" + v + ")",
        "approx_count_distinct(CASE WHEN " + v + " IS NULL THEN " + t + " END)",
        "coalesce(avg(length(" + t + ")), 0)");
  }

  private static String count(String condition) {
    return "count(*) FILTER (" + condition + ")";
  }

  static ColumnStatistics read(ResultSet row, int first) throws SQLException {
    return new ColumnStatistics(
        row.getLong(first),
        row.getLong(first + 1),
        row.getLong(first + 2),
        row.getLong(first + 3),
        row.getLong(first + 4),
        row.getLong(first + 5),
        row.getLong(first + 6),
        row.getLong(first + 7),
        row.getLong(first + 8),
        row.getDouble(first + 9));
  }

  boolean isNumeric() {
    return cells > 0 && numbers == cells;
  }

  boolean isWhole() {
    return isNumeric() && whole == cells;
  }

  boolean isBoolean() {
    return cells > 0 && booleans == cells;
  }

  boolean hasDecimalCommas() {
    return commas > 0 && commas + numbers == cells;
  }

  boolean isTimelike() {
    return cells > 0 && timelike == cells;
  }

  /**
   * Whether these are numbers and a few slips: most cells are numbers, and there are ten times as
   * many different ones as other cells. Of "2, 3, 4, 5 or more" every one is a category.
   */
  boolean isNumbersWithSlips() {
    return 2 * numbers > cells && numbers < cells && differentNumbers >= 10 * differentTexts;
  }

  long textBytes() {
    return Math.round((differentNumbers + differentTexts) * (TEXT_OVERHEAD + 2 * length));
  }
}
