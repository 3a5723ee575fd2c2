package dev.lamina.nn;

import dev.lamina.graph.Value;
import java.util.List;

/** A part of a model: a pure description, printed as its constructor. */
public interface Layer {
  /** The parameters it has, with names of its own such as {@code weight}. */
  default List<ParameterSpec> parameters() {
    return List.of();
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
