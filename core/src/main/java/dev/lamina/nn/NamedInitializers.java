package dev.lamina.nn;

import java.util.LinkedHashMap;
import java.util.Map;

/** The constants of {@link Initializer} by their names. */
public final class NamedInitializers {
  private static final Map<String, Initializer> BY_NAME = new LinkedHashMap<>();

  static {
    BY_NAME.put("ZEROS", Initializer.ZEROS);
    BY_NAME.put("ONES", Initializer.ONES);
    BY_NAME.put("HE_NORMAL", Initializer.HE_NORMAL);
    BY_NAME.put("HE_UNIFORM", Initializer.HE_UNIFORM);
    BY_NAME.put("XAVIER_NORMAL", Initializer.XAVIER_NORMAL);
    BY_NAME.put("XAVIER_UNIFORM", Initializer.XAVIER_UNIFORM);
    BY_NAME.put("LECUN_NORMAL", Initializer.LECUN_NORMAL);
    BY_NAME.put("LECUN_UNIFORM", Initializer.LECUN_UNIFORM);
  }

  private NamedInitializers() {}

  /** All of them. */
  public static Map<String, Initializer> all() {
    return new LinkedHashMap<>(BY_NAME);
  }

  /** The name of an initializer that equals one of them, else null. */
  public static String name(Initializer initializer) {
    return BY_NAME.entrySet().stream()
        .filter(e -> e.getValue().equals(initializer))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  /** The Java that makes one of the records. */
  static String text(Initializer record, String constructor) {
    String name = name(record);
    return name == null ? "new Initializer." + constructor : "Initializer." + name;
  }
}
