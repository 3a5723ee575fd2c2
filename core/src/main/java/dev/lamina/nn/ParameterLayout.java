package dev.lamina.nn;

import dev.lamina.LaminaException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All parameters of a model in one flat buffer, so that an optimizer is a single pass: first those
 * that the L2 penalty holds for, then the others, each starting at a multiple of 64 elements. The
 * gaps are 0 and stay 0, in the gradients too.
 */
public final class ParameterLayout {
  private static final int ALIGNMENT = 64;

  private final Map<String, Parameter> byName = new LinkedHashMap<>();
  private final long decayed;
  private final long size;

  /** A layout of these parameters, given in order of layers. */
  public ParameterLayout(List<ParameterSpec> specs) {
    List<Parameter> placed = new ArrayList<>();
    long offset = place(specs, true, 0, placed);
    decayed = offset;
    size = Math.max(ALIGNMENT, place(specs, false, offset, placed));
    placed.sort(Comparator.comparingInt(Parameter::number));
    placed.forEach(p -> byName.put(p.name(), p));
  }

  private static long place(
      List<ParameterSpec> specs, boolean decayed, long offset, List<Parameter> into) {
    for (int number = 0; number < specs.size(); number++) {
      ParameterSpec spec = specs.get(number);
      if (spec.decayed() == decayed) {
        into.add(
            new Parameter(spec.name(), number, spec.shape(), spec.initializer(), decayed, offset));
        offset += (spec.shape().size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      }
    }
    return offset;
  }

  /** The parameters in order of layers. */
  public List<Parameter> parameters() {
    return List.copyOf(byName.values());
  }

  /**
   * The parameter of this name.
   *
   * @throws LaminaException if there is none; the message lists the names
   */
  public Parameter get(String name) {
    Parameter parameter = byName.get(name);
    if (parameter == null) {
      throw new LaminaException(
          "the model has no parameter " + name + "; it has " + String.join(", ", byName.keySet()));
    }
    return parameter;
  }

  /** How many elements, from the first, the L2 penalty holds for. */
  public long decayed() {
    return decayed;
  }

  /** The length of the flat buffer in elements, gaps included. */
  public long size() {
    return size;
  }

  /** The number of parameters proper, without the gaps. */
  public long count() {
    return byName.values().stream().mapToLong(p -> p.shape().size()).sum();
  }
}
