package dev.lamina.nn;

import dev.lamina.type.Shape;

/**
 * A parameter that a layer asks for.
 *
 * @param name within the layer, {@code weight} or {@code bias}; within a model the layer's path and
 *     a dot come first
 * @param decayed whether the L2 penalty holds for it: weights yes, biases no
 */
public record ParameterSpec(String name, Shape shape, Initializer initializer, boolean decayed) {
  /** This parameter under a path. */
  public ParameterSpec within(String path) {
    return new ParameterSpec(path + "." + name, shape, initializer, decayed);
  }
}
