package dev.lamina.loss;

import dev.lamina.LaminaException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Lamina's losses by the names by which users call them. */
public final class Losses {
  private static final Map<String, Function<LossText, Loss>> BY_NAME = new LinkedHashMap<>();

  static {
    BY_NAME.put(SoftmaxCrossEntropy.NAME, SoftmaxCrossEntropy::of);
    BY_NAME.put(BinaryCrossEntropy.NAME, _ -> new BinaryCrossEntropy());
    for (SquaredError.Convention convention : SquaredError.Convention.values()) {
      SquaredError error = new SquaredError(convention);
      BY_NAME.put(error.label(), _ -> error);
    }
    BY_NAME.put(Huber.NAME, text -> new Huber(text.number(Huber.DELTA, 1)));
    BY_NAME.put(AbsoluteError.NAME, _ -> new AbsoluteError());
  }

  private Losses() {}

  /** All names, without numbers. */
  public static Set<String> names() {
    return BY_NAME.keySet();
  }

  /**
   * The loss that is called so, if there is one: what {@link Loss#label()} gives for each of the
   * records here. In either case, and {@code _} counts as {@code -}.
   *
   * @param label a name, and after a colon numbers that are not the usual ones, as in {@code
   *     huber:delta=0.5} and {@code softmax-cross-entropy:label-smoothing=0.1,class-weights=1/2/1}
   * @throws LaminaException if there is such a loss, but it has no such numbers
   */
  public static Optional<Loss> find(String label) {
    Function<LossText, Loss> factory = BY_NAME.get(LossText.name(label));
    if (factory == null) {
      return Optional.empty();
    }
    LossText text = LossText.parse(label);
    Loss loss = factory.apply(text);
    text.end();
    return Optional.of(loss);
  }
}
