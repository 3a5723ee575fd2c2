package dev.lamina.nn;

import dev.lamina.type.Shape;

/**
 * A parameter that a layer asks for, or a state that it keeps.
 *
 * @param name within the layer, {@code weight} or {@code bias}; within a model the layer's path and
 *     a dot come first
 * @param decayed whether the L2 penalty holds for it: weights yes, biases no
 * @param trained whether training follows its gradient; false for a state
 * @param origin where it comes from, null in the list of the layer itself
 */
public record ParameterSpec(
    String name,
    Shape shape,
    Initializer initializer,
    boolean decayed,
    boolean trained,
    Origin origin) {
  /**
   * Which parameter this is, wherever in a model it is asked for: two of the same layer object and
   * name are one.
   *
   * @param layer the innermost that asks for it
   * @param name within that layer
   */
  public record Origin(Layer layer, String name) {}

  /** A parameter of the layer whose list this is for. */
  public ParameterSpec(String name, Shape shape, Initializer initializer, boolean decayed) {
    this(name, shape, initializer, decayed, true, null);
  }

  /**
   * A state of the layer whose list this is for: saved and restored with the parameters, changed by
   * {@link BuildContext#update} and not by gradients, for example a running mean. It is of the
   * model's element type also where weights are BF16.
   */
  public static ParameterSpec state(String name, Shape shape, Initializer initializer) {
    return new ParameterSpec(name, shape, initializer, false, false, null);
  }

  /**
   * This parameter of a part, in the list of the layer that the part belongs to.
   *
   * @param path of the part, as {@link BuildContext#part} is given it
   */
  public ParameterSpec within(String path, Layer part) {
    Origin from = origin == null ? new Origin(part, name) : origin;
    return new ParameterSpec(path + "." + name, shape, initializer, decayed, trained, from);
  }

  /** Its name, shape and, where that is known, layer. */
  @Override
  public String toString() {
    return name + " " + shape + (origin == null ? "" : " of " + origin.layer());
  }
}
