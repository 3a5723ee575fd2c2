package dev.lamina.loss;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * A loss as text: its name, and those of its numbers that are not the usual ones, as in {@code
 * huber:delta=0.5} and {@code softmax-cross-entropy:label-smoothing=0.1,class-weights=1/2/1}.
 */
final class LossText {
  private final String name;
  private final Map<String, String> numbers = new LinkedHashMap<>();

  LossText(String name) {
    this.name = name;
  }

  /**
   * Reads a text.
   *
   * @throws LaminaException if what follows the name is no list of numbers
   */
  static LossText parse(String text) {
    int colon = text.indexOf(':');
    LossText parsed = new LossText(name(text));
    if (colon >= 0) {
      for (String part : text.substring(colon + 1).split(",", -1)) {
        int equals = part.indexOf('=');
        String key = equals < 0 ? "" : part.substring(0, equals).strip();
        if (key.isEmpty() || parsed.numbers.put(key, part.substring(equals + 1).strip()) != null) {
          throw new LaminaException(
              "loss "
                  + Quote.of(text)
                  + ": expected a name, a colon and numbers, each once, as in huber:delta=0.5");
        }
      }
    }
    return parsed;
  }

  /** The name in a text, as Lamina writes it. */
  static String name(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    return name.strip().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** With a number, unless it is the usual one. */
  LossText with(String key, double value, double usual) {
    return value == usual ? this : with(key, Double.toString(value));
  }

  /** With some numbers, unless there are none. */
  LossText with(String key, List<Double> values) {
    return values.isEmpty()
        ? this
        : with(key, values.stream().map(String::valueOf).collect(Collectors.joining("/")));
  }

  /** With a whole number, if there is one. */
  LossText with(String key, OptionalInt value) {
    return value.isEmpty() ? this : with(key, Integer.toString(value.getAsInt()));
  }

  private LossText with(String key, String value) {
    numbers.put(key, value);
    return this;
  }

  /** Takes a number out of the text. */
  double number(String key, double usual) {
    String value = numbers.remove(key);
    return value == null ? usual : number(key, value);
  }

  /** Takes numbers with slashes between them out of the text. */
  List<Double> list(String key) {
    String values = numbers.remove(key);
    return values == null
        ? List.of()
        : Arrays.stream(values.split("/", -1)).map(value -> number(key, value)).toList();
  }

  /** Takes a whole number out of the text. */
  OptionalInt whole(String key) {
    String value = numbers.remove(key);
    try {
      return value == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(value));
    } catch (NumberFormatException e) {
      throw wrong(key, value, "a whole number");
    }
  }

  private double number(String key, String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw wrong(key, value, "a number");
    }
  }

  private LaminaException wrong(String key, String value, String expected) {
    return new LaminaException(
        "loss " + name + ": " + key + " " + Quote.of(value) + ": expected " + expected);
  }

  /** Makes sure that all numbers were taken. */
  void end() {
    if (!numbers.isEmpty()) {
      throw new LaminaException("loss " + name + " has no " + Quote.list(numbers.keySet()));
    }
  }

  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    numbers.forEach((key, value) -> parts.add(key + "=" + value));
    return parts.isEmpty() ? name : name + ":" + String.join(",", parts);
  }
}
