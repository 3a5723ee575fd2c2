package dev.lamina.train;

import dev.lamina.optim.Optimizer;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Parameters that are trained in a way of their own, with other rates or decays than the rest, or
 * not at all. Immutable, if its predicate is.
 *
 * @param label what the group is called in messages
 * @param names tells by a parameter's name, as {@code 0.weight}, whether it belongs to the group;
 *     of a parameter with several names one is enough
 * @param optimizer how they follow their gradients; empty if they are frozen, and no gradient is
 *     computed for them
 */
public record ParameterGroup(String label, Predicate<String> names, Optional<Optimizer> optimizer) {
  /** Checks that nothing is missing. */
  public ParameterGroup {
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(names, "names");
    Objects.requireNonNull(optimizer, "optimizer");
  }

  /**
   * Parameters with an optimizer of their own.
   *
   * @param pattern a parameter's name; {@code *} stands for any characters, as in {@code *.bias}
   *     and {@code 0.*}
   */
  public static ParameterGroup of(String pattern, Optimizer optimizer) {
    return new ParameterGroup(pattern, new NamePattern(pattern), Optional.of(optimizer));
  }

  /**
   * Parameters that stay as they are.
   *
   * @param pattern a parameter's name; {@code *} stands for any characters, as in {@code 0.*}
   */
  public static ParameterGroup frozen(String pattern) {
    return new ParameterGroup(pattern, new NamePattern(pattern), Optional.empty());
  }
}
