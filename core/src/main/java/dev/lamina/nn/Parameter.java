package dev.lamina.nn;

import dev.lamina.type.Shape;

/**
 * A model's parameter or a layer's state, and its place in the model's flat buffer.
 *
 * @param name its path in the model, for example {@code 0.weight}
 * @param number which parameter of the model it is, in order of layers, from 0
 * @param decayed whether the L2 penalty holds for it
 * @param trained whether training follows its gradient; false for a state
 * @param offset in elements
 */
public record Parameter(
    String name,
    int number,
    Shape shape,
    Initializer initializer,
    boolean decayed,
    boolean trained,
    long offset) {}
