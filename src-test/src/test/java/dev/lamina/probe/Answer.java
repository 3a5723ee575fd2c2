package dev.lamina.probe;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What was found out.
 *
 * @param says a line for people
 * @param values the same for programs
 */
record Answer(String says, Map<String, Object> values) {
  Answer {
    values = new LinkedHashMap<>(values);
  }

  /** An answer whose values are added by {@link #with}. */
  static Answer of(String format, Object... arguments) {
    return new Answer(String.format(Locale.ROOT, format, arguments), Map.of());
  }

  /** The same with another value. */
  Answer with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(values);
    more.put(name, value);
    return new Answer(says, more);
  }
}
