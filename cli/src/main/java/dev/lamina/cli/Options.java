package dev.lamina.cli;

import dev.lamina.LaminaException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Checks and readings of options that picocli leaves to us. */
final class Options {
  private Options() {}

  static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new LaminaException(name + " " + value + ": expected " + least + " or more");
    }
  }

  static void inRange(String name, double value, double least, double below) {
    if (!(value >= least && value < below)) {
      throw new LaminaException(
          name + " " + value + ": expected a number from " + least + " to below " + below);
    }
  }

  /** Widths such as {@code 512,512}; {@code none} or nothing for none. */
  static List<Integer> widths(String name, String text, String separator) {
    List<Integer> widths = new ArrayList<>();
    if (text.isBlank() || text.equals("none")) {
      return widths;
    }
    for (String part : text.split(separator, -1)) {
      try {
        int width = Integer.parseInt(part.strip());
        atLeast(name, width, 1);
        widths.add(width);
      } catch (NumberFormatException e) {
        throw new LaminaException(
            name
                + " "
                + text
                + ": '"
                + part
                + "' is no whole number; expected as in 512"
                + separator
                + "512",
            e);
      }
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
