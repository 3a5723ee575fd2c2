package dev.lamina.nn;

import dev.lamina.graph.Value;
import java.util.List;
import java.util.OptionalInt;

/**
 * A part of a model: a pure description. Lamina's layers print as the Java expressions that make
 * them.
 *
 * <p>The same object at several places of a model has its parameters once: tied weights, whose
 * gradient is the sum over the places. They are known, and saved, by the path of the first place.
 * Two layers that are equal but not the same object have parameters of their own.
 *
 * <p>A layer that consists of others lists their parameters with {@link ParameterSpec#within} and
 * builds them with {@link BuildContext#part}, under the same paths.
 */
public interface Layer {
  /**
   * The parameters it has, with names of its own such as {@code weight}, and its {@linkplain
   * ParameterSpec#state states}; the same list each time. A parameter that {@link #build} does not
   * ask for stays as it is drawn: its gradient is 0.
   */
  default List<ParameterSpec> parameters() {
    return List.of();
  }

  /** How many features an input has, if the layer takes no other number. */
  default OptionalInt inputs() {
    return OptionalInt.empty();
  }

  /**
   * Adds its operations to the graph.
   *
   * @param context gives the graph, the parameters and the mode
   * @param x its input [batch, features]
   * @return its output
   */
  Value build(BuildContext context, Value x);
}
