package dev.lamina.benchmarks;

import dev.lamina.LaminaException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Options of a small program, each with a value, by their names. */
public record ValueOptions(Map<String, String> values) {
  private static final double LARGEST = 1e6;

  /** What the user gave, and the defaults for the rest. */
  public static ValueOptions parse(Map<String, String> defaults, String... arguments) {
    Map<String, String> values = new LinkedHashMap<>(defaults);
    for (int i = 0; i < arguments.length; i += 2) {
      if (!defaults.containsKey(arguments[i]) || i + 1 == arguments.length) {
        throw new LaminaException(
            "option "
                + arguments[i]
                + ": expected one of "
                + defaults.keySet().stream().sorted().toList()
                + " with a value");
      }
      values.put(arguments[i], arguments[i + 1]);
    }
    return new ValueOptions(values);
  }

  /** As the user wrote it. */
  public String text(String name) {
    return values.get(name);
  }

  /** A number of at least this. */
  public double number(String name, double least) {
    try {
      double value = Double.parseDouble(text(name));
      if (value >= least && value <= LARGEST) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The message below says it.
    }
    throw new LaminaException(
        "option " + name + " " + text(name) + ": expected a number from " + least + " on");
  }

  /** A whole number of at least this. */
  public int whole(String name, int least) {
    double value = number(name, least);
    if (value != Math.rint(value)) {
      throw new LaminaException("option " + name + " " + text(name) + ": expected a whole number");
    }
    return (int) value;
  }
}
