package dev.lamina.cli;

import dev.lamina.LaminaException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Checks and readings of options that picocli leaves to us. */
final class Options {
  /** So wide that no layer needs more, and so narrow that sizes stay within their types. */
  private static final int WIDEST = 10_000_000;

  private Options() {}

  static void between(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new LaminaException(
          name + " " + value + ": expected a whole number from " + least + " to " + most);
    }
  }

  /** A share: from 0 on and below 1. */
  static void share(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new LaminaException(name + " " + value + ": expected a number from 0 to below 1");
    }
  }

  static void notNegative(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new LaminaException(name + " " + value + ": expected a finite number from 0 on");
    }
  }

  static void positive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new LaminaException(name + " " + value + ": expected a finite number above 0");
    }
  }

  /** Widths such as {@code 512,512}; {@code none} or nothing for none. */
  static List<Integer> widths(String name, String text, String separator) {
    List<Integer> widths = new ArrayList<>();
    if (text.isBlank() || text.equals("none")) {
      return widths;
    }
    for (String part : text.split(separator, -1)) {
      int width;
      try {
        width = Integer.parseInt(part.strip());
      } catch (NumberFormatException e) {
        width = 0;
      }
      if (width < 1 || width > WIDEST) {
        throw new LaminaException(
            String.format(
                Locale.ROOT,
                "%s %s: '%s' is no width; expected whole numbers from 1 to %,d, as in 512%s512",
                name,
                text,
                part.strip(),
                WIDEST,
                separator));
      }
      widths.add(width);
    }
    return widths;
  }

  /** The constant that a user calls by its label or its Java name. */
  static <E extends Enum<E>> E constant(String name, String text, Class<E> type) {
    String wanted = text.strip().toUpperCase(Locale.ROOT).replace('-', '_');
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(wanted)) {
        return constant;
      }
    }
    List<String> known = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      known.add(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    throw new LaminaException(name + " " + text + ": expected one of " + String.join(", ", known));
  }
}
