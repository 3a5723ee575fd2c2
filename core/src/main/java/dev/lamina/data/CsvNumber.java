package dev.lamina.data;

import dev.lamina.Quote;
import java.util.Locale;
import java.util.Set;

/** Numbers as CSV cells write them: an optional sign, digits, a point, an exponent. */
final class CsvNumber {
  private static final Set<String> NOT_FINITE =
      Set.of("nan", "inf", "infinity", "-nan", "-inf", "-infinity", "+inf", "+infinity");
  private static final Set<String> MISSING =
      Set.of("na", "n/a", "null", "none", "?", "-", "#n/a", "missing");

  /** 10^10 is the greatest power of ten that a float holds exactly. */
  private static final float[] POWERS = {
    1e0f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f, 1e9f, 1e10f
  };

  private static final int EXACT = 1 << 24;

  private CsvNumber() {}

  /** The nearest float, infinite if it is beyond all, or NaN if the text is not such a number. */
  static float parse(String cell) {
    int length = cell.length();
    int i = 0;
    boolean negative = false;
    if (length > 0 && (cell.charAt(0) == '-' || cell.charAt(0) == '+')) {
      negative = cell.charAt(0) == '-';
      i = 1;
    }
    int mantissa = 0;
    int digits = 0;
    int decimals = -1;
    for (; i < length; i++) {
      char c = cell.charAt(i);
      if (c >= '0' && c <= '9') {
        mantissa = mantissa * 10 + (c - '0');
        digits++;
        if (decimals >= 0) {
          decimals++;
        }
        if (mantissa > EXACT) {
          return general(cell);
        }
      } else if (c == '.' && decimals < 0) {
        decimals = 0;
      } else {
        return general(cell);
      }
    }
    if (digits == 0 || decimals >= POWERS.length) {
      return general(cell);
    }
    // Both operands are exact, so the quotient is the nearest float (Clinger 1990).
    float value = decimals > 0 ? mantissa / POWERS[decimals] : mantissa;
    return negative ? -value : value;
  }

  private static float general(String cell) {
    return isNumber(cell) ? Float.parseFloat(cell) : Float.NaN;
  }

  /** Whether the cell has a number's form. Java's own forms such as 1f or 0x1p3 do not count. */
  static boolean isNumber(String cell) {
    int length = cell.length();
    int i = sign(cell, 0);
    int start = i;
    i = digits(cell, i);
    int count = i - start;
    if (i < length && cell.charAt(i) == '.') {
      int after = digits(cell, i + 1);
      count += after - i - 1;
      i = after;
    }
    if (count == 0) {
      return false;
    }
    if (i < length && (cell.charAt(i) == 'e' || cell.charAt(i) == 'E')) {
      int exponent = sign(cell, i + 1);
      i = digits(cell, exponent);
      if (i == exponent) {
        return false;
      }
    }
    return i == length;
  }

  private static int sign(String cell, int i) {
    return i < cell.length() && (cell.charAt(i) == '-' || cell.charAt(i) == '+') ? i + 1 : i;
  }

  private static int digits(String cell, int i) {
    while (i < cell.length() && cell.charAt(i) >= '0' && cell.charAt(i) <= '9') {
      i++;
    }
    return i;
  }

  /** Whether the cell says NaN or infinity in words. */
  static boolean isNotFinite(String cell) {
    return NOT_FINITE.contains(cell.toLowerCase(Locale.ROOT));
  }

  /** Whether the cell says in words that there is no finite number. */
  static boolean isMissing(String cell) {
    return isNotFinite(cell) || MISSING.contains(cell.toLowerCase(Locale.ROOT));
  }

  /** Whether the cell is no number but may be meant as one: a gap, or digits with something. */
  static boolean mayBeMeant(String cell) {
    int i = sign(cell, 0);
    i = i < cell.length() && cell.charAt(i) == '.' ? i + 1 : i;
    return isMissing(cell) || digits(cell, i) > i;
  }

  /** A whole number's usual form: 3, 3.0 and +3 are all "3"; null if it is not a whole number. */
  static String whole(String cell) {
    if (cell.length() > 24 || !isNumber(cell)) {
      return null;
    }
    double value = Double.parseDouble(cell);
    return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : null;
  }

  /** What is wrong with a cell that should have been a finite number. */
  static String complaint(String cell, char separator) {
    if (cell.isEmpty()) {
      return "an empty cell where a number is expected; fill it or leave the line out";
    }
    if (isNumber(cell)) {
      return Quote.plain(cell) + " is too large for a 32-bit float; scale the column down";
    }
    String shown = Quote.of(cell);
    if (isMissing(cell)) {
      return shown + " where a finite number is expected; fill it or leave the line out";
    }
    if (separator != ',' && cell.indexOf(',') >= 0 && isNumber(cell.replace(',', '.'))) {
      return shown + " has a decimal comma; write a decimal point";
    }
    return shown + " where a number is expected; remove the column or write it in numbers";
  }
}
