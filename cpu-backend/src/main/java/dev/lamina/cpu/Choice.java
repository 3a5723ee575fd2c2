package dev.lamina.cpu;

import dev.lamina.LaminaException;
import java.util.Locale;

/** Which implementation to use: the best there is, or a certain one. */
enum Choice {
  /** The best there is. */
  AUTO,
  /** oneDNN, for matrix products of FP32; FP64 as {@link #AUTO}. */
  ONEDNN,
  /** The Vector API. */
  VECTOR,
  /** Plain Java. */
  PLAIN;

  /** The choice that a system property names. */
  static Choice of(String property, Choice... permitted) {
    String value = System.getProperty(property, "").strip();
    if (value.isEmpty() || value.equalsIgnoreCase(AUTO.name())) {
      return AUTO;
    }
    StringBuilder names = new StringBuilder("auto");
    for (Choice choice : permitted) {
      if (choice.name().equalsIgnoreCase(value)) {
        return choice;
      }
      names.append(", ").append(choice.name().toLowerCase(Locale.ROOT));
    }
    throw new LaminaException(
        "system property " + property + ": expected one of " + names + ", got '" + value + "'");
  }
}
