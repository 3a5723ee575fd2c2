package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.nn.Parameter;
import dev.lamina.nn.ParameterLayout;
import dev.lamina.optim.Optimizer;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which optimizer each parameter of a model has, states apart: that of the first group that it
 * belongs to.
 */
final class Assignment {
  private final ParameterLayout layout;
  private final Optimizer rest;
  private final Map<Parameter, Optional<Optimizer>> optimizers = new LinkedHashMap<>();

  /**
   * Assigns.
   *
   * @throws LaminaException if no parameter belongs to a group, or all are frozen
   */
  Assignment(ParameterLayout layout, TrainingOptions options) {
    this.layout = layout;
    rest = options.optimizer();
    for (ParameterGroup group : options.groups()) {
      if (layout.trained().stream().noneMatch(p -> belongs(p, group))) {
        throw new LaminaException(
            "parameter group "
                + group.label()
                + ": no parameter of the model has such a name; there are "
                + String.join(", ", layout.trained().stream().map(Parameter::name).toList()));
      }
    }
    for (Parameter parameter : layout.trained()) {
      optimizers.put(
          parameter,
          options.groups().stream()
              .filter(group -> belongs(parameter, group))
              .findFirst()
              .map(ParameterGroup::optimizer)
              .orElse(Optional.of(rest)));
    }
    if (!optimizers.isEmpty() && optimizers.values().stream().noneMatch(Optional::isPresent)) {
      throw new LaminaException(
          "all parameters of the model are frozen: there is nothing to train; freeze fewer");
    }
  }

  private boolean belongs(Parameter parameter, ParameterGroup group) {
    return layout.names(parameter).stream().anyMatch(group.names());
  }

  /** How a parameter follows its gradient; empty if it is frozen. */
  Optional<Optimizer> of(Parameter parameter) {
    return optimizers.get(parameter);
  }

  /** What parameters of no group have. */
  Optimizer rest() {
    return rest;
  }

  /** The parameters that are not frozen, in order of layers. */
  List<Parameter> trained() {
    return layout.trained().stream().filter(p -> of(p).isPresent()).toList();
  }

  /** All of them, frozen ones too, in the order in which they lie in the flat buffer. */
  List<Parameter> inOrder() {
    return layout.trained().stream().sorted(Comparator.comparingLong(Parameter::offset)).toList();
  }

  ParameterLayout layout() {
    return layout;
  }
}
