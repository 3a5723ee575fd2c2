package dev.lamina.io;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;

/** Writes trees as JSON. Lists of plain values stay on one line, so that a model reads well. */
final class JsonWriter {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private final StringBuilder out = new StringBuilder();
  private final boolean pretty;

  private JsonWriter(boolean pretty) {
    this.pretty = pretty;
  }

  static String write(Object value, boolean pretty) {
    JsonWriter writer = new JsonWriter(pretty);
    writer.value(value, 0);
    return writer.out.toString();
  }

  private void value(Object value, int depth) {
    switch (value) {
      case null -> out.append("null");
      case JsonNode node -> value(node.value(), depth);
      case Map<?, ?> map -> map(map, depth);
      case Collection<?> list -> list(list, depth);
      case double[] numbers -> list(Arrays.stream(numbers).boxed().toList(), depth);
      case float[] numbers -> floats(numbers, depth);
      case Boolean flag -> out.append(flag);
      case Number number -> number(number);
      case CharSequence text -> text(text);
      default ->
          throw new IllegalArgumentException(
              "JSON has no form for " + value.getClass().getName() + ": " + value);
    }
  }

  private void map(Map<?, ?> map, int depth) {
    out.append('{');
    boolean first = true;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!first) {
        out.append(',');
      }
      first = false;
      line(depth + 1);
      text((String) entry.getKey());
      out.append(pretty ? ": " : ":");
      value(entry.getValue(), depth + 1);
    }
    if (!first) {
      line(depth);
    }
    out.append('}');
  }

  private void list(Collection<?> list, int depth) {
    boolean nested = list.stream().anyMatch(JsonWriter::isTree);
    out.append('[');
    boolean first = true;
    for (Object element : list) {
      if (!first) {
        out.append(pretty && !nested ? ", " : ",");
      }
      first = false;
      if (nested) {
        line(depth + 1);
      }
      value(element, depth + 1);
    }
    if (nested) {
      line(depth);
    }
    out.append(']');
  }

  private static boolean isTree(Object element) {
    Object value = element instanceof JsonNode node ? node.value() : element;
    return value instanceof Map || value instanceof Collection;
  }

  private void floats(float[] numbers, int depth) {
    double[] exact = new double[numbers.length];
    Arrays.setAll(exact, i -> numbers[i]);
    value(exact, depth);
  }

  private void number(Number number) {
    switch (number) {
      case Integer i -> out.append(i.intValue());
      case Long i -> out.append(i.longValue());
      case Short i -> out.append(i.shortValue());
      case Byte i -> out.append(i.byteValue());
      case Double x -> real(x);
      case Float x -> real(x);
      default ->
          throw new IllegalArgumentException(
              "JSON numbers are written from primitive types, not " + number.getClass().getName());
    }
  }

  private void real(double x) {
    if (!Double.isFinite(x)) {
      throw new IllegalArgumentException("JSON has no form for the number " + x);
    }
    out.append(x);
  }

  private void text(CharSequence text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (isLoneSurrogate(text, i)) {
            throw new LaminaException(
                "text with half a surrogate pair has no form in UTF-8: " + Quote.of(text));
          } else if (c < 0x20 || c >= 0x7F && c < 0xA0) {
            out.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private static boolean isLoneSurrogate(CharSequence text, int i) {
    char c = text.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
    }
    return Character.isLowSurrogate(c)
        && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }

  private void line(int depth) {
    if (pretty) {
      out.append('\n').repeat("  ", depth);
    }
  }
}
