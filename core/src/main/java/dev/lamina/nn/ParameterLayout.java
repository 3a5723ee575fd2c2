package dev.lamina.nn;

import dev.lamina.LaminaException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * All parameters of a model in one flat buffer, so that an optimizer is a single pass: first those
 * that the L2 penalty holds for, then the others, then the states, each starting at a multiple of
 * 64 elements. The gaps are 0 and stay 0, in the gradients too.
 *
 * <p>A parameter that is listed under several names, because the same layer object is at several
 * places, is there once, by the first of them.
 */
public final class ParameterLayout {
  private static final int ALIGNMENT = 64;

  private final Map<String, Parameter> byName = new LinkedHashMap<>();
  private final Map<String, String> firstNames = new LinkedHashMap<>();
  private final long decayed;
  private final long trained;
  private final long size;

  /**
   * A layout of these parameters, given in order of layers.
   *
   * @throws LaminaException if two that are not the same have one name
   */
  public ParameterLayout(List<ParameterSpec> listed) {
    List<ParameterSpec> specs = distinct(listed);
    List<Parameter> placed = new ArrayList<>();
    decayed = place(specs, spec -> spec.trained() && spec.decayed(), 0, placed);
    trained = place(specs, spec -> spec.trained() && !spec.decayed(), decayed, placed);
    size = Math.max(ALIGNMENT, place(specs, spec -> !spec.trained(), trained, placed));
    placed.sort(Comparator.comparingInt(Parameter::number));
    placed.forEach(p -> byName.put(p.name(), p));
  }

  /** Each parameter by its first name; notes the others. */
  private List<ParameterSpec> distinct(List<ParameterSpec> listed) {
    Map<String, ParameterSpec> named = new LinkedHashMap<>();
    Map<Layer, Map<String, String>> known = new IdentityHashMap<>();
    List<ParameterSpec> distinct = new ArrayList<>();
    for (ParameterSpec spec : listed) {
      ParameterSpec other = named.put(spec.name(), spec);
      if (other != null) {
        throw new LaminaException(
            "two parameters of the model have one name: "
                + other
                + " and "
                + spec
                + "; each needs a name of its own within its layer, and each layer a path of its"
                + " own");
      }
      ParameterSpec.Origin origin = spec.origin();
      String first =
          origin == null
              ? null
              : known
                  .computeIfAbsent(origin.layer(), l -> new HashMap<>())
                  .putIfAbsent(origin.name(), spec.name());
      if (first == null) {
        distinct.add(spec);
      } else {
        firstNames.put(spec.name(), first);
      }
    }
    return distinct;
  }

  private static long place(
      List<ParameterSpec> specs,
      Predicate<ParameterSpec> which,
      long offset,
      List<Parameter> into) {
    for (int number = 0; number < specs.size(); number++) {
      ParameterSpec spec = specs.get(number);
      if (which.test(spec)) {
        into.add(
            new Parameter(
                spec.name(),
                number,
                spec.shape(),
                spec.initializer(),
                spec.decayed(),
                spec.trained(),
                offset));
        offset += (spec.shape().size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      }
    }
    return offset;
  }

  /** The parameters and states in order of layers. */
  public List<Parameter> parameters() {
    return List.copyOf(byName.values());
  }

  /** The parameters that training changes by their gradients, in order of layers. */
  public List<Parameter> trained() {
    return byName.values().stream().filter(Parameter::trained).toList();
  }

  /** All names of a parameter, that by which it is known first. */
  public List<String> names(Parameter parameter) {
    List<String> names = new ArrayList<>(List.of(parameter.name()));
    firstNames.forEach((further, first) -> {
      if (first.equals(parameter.name())) {
        names.add(further);
      }
    });
    return names;
  }

  /**
   * The parameter of this name, its first or a further one.
   *
   * @throws LaminaException if there is none; the message lists the names
   */
  public Parameter get(String name) {
    Parameter parameter = byName.get(firstNames.getOrDefault(name, name));
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

  /** How many elements, from the first, training changes by their gradients, gaps included. */
  public long trainedSize() {
    return trained;
  }

  /** The length of the flat buffer in elements, gaps included. */
  public long size() {
    return size;
  }

  /** The number of parameters proper, without the gaps and without states. */
  public long count() {
    return trained().stream().mapToLong(p -> p.shape().size()).sum();
  }
}
