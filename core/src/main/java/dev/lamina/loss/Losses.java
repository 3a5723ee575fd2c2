package dev.lamina.loss;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Lamina's losses by the names by which users call them. */
public final class Losses {
  private static final Map<String, Loss> BY_LABEL = new LinkedHashMap<>();

  static {
    add(new SoftmaxCrossEntropy());
    add(new BinaryCrossEntropy());
    Stream.of(SquaredError.Convention.values()).map(SquaredError::new).forEach(Losses::add);
  }

  private Losses() {}

  private static void add(Loss loss) {
    BY_LABEL.put(loss.label(), loss);
  }

  /** All names. */
  public static Set<String> labels() {
    return BY_LABEL.keySet();
  }

  /** The loss of this name, if there is one; in either case, and {@code _} counts as {@code -}. */
  public static Optional<Loss> find(String label) {
    String wanted = label.strip().toLowerCase(Locale.ROOT).replace('_', '-');
    return Optional.ofNullable(BY_LABEL.get(wanted));
  }
}
