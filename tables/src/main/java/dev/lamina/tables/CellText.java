package dev.lamina.tables;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What cells say: gaps, numbers, and texts that mean the same. */
final class CellText {
  /** In lower case. */
  private static final List<String> GAPS =
      List.of("", "na", "nan", "null", "?", "none", "n/a", "#n/a");

  /** An optional sign, digits, a point, an exponent: Java's and DuckDB's own forms do not count. */
  static final String NUMBER = "[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,4})?";

  private static final Pattern IS_NUMBER = Pattern.compile(NUMBER);

  private CellText() {}

  /** The words for a gap, in lower case. */
  static Set<String> gaps(List<String> more) {
    Set<String> all = new LinkedHashSet<>(GAPS);
    more.forEach(word -> all.add(word.strip().toLowerCase(Locale.ROOT)));
    return all;
  }

  /** The usual words for gaps as a list of SQL, with a blank before them as well. */
  static String gapLiterals() {
    List<String> words = new ArrayList<>();
    for (String gap : List.of("", "NA", "NaN", "nan", "null", "NULL", "?", "None")) {
      words.add(DuckDb.literal(gap));
      words.add(DuckDb.literal(" " + gap));
    }
    return words.stream().collect(Collectors.joining(", ", "[", "]"));
  }

  static boolean isNumberOrGap(String cell) {
    return IS_NUMBER.matcher(cell).matches() || GAPS.contains(cell.toLowerCase(Locale.ROOT));
  }

  static boolean isNumber(String cell) {
    return IS_NUMBER.matcher(cell).matches();
  }

  /** One text for what means the same: 3, 3.0, +3 and 3e0 are all 3. */
  static String canonical(String cell) {
    if (cell.length() > 24 || !isNumber(cell)) {
      return cell;
    }
    double value = Double.parseDouble(cell);
    return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : cell;
  }

  /** A number as people write it. */
  static String shown(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    double rounded = new BigDecimal(value).round(new MathContext(6)).doubleValue();
    return Double.toString(rounded);
  }
}
