package dev.lamina.formula;

import dev.lamina.type.DType;

/**
 * An input of a formula.
 *
 * @param kind how it fills the matrix
 * @param dtype the type in which its elements are stored
 * @param length how many numbers a SINGLE has; 1 for every other kind
 */
public record Input(Kind kind, DType dtype, int length) {
  /** Checks the length. */
  public Input {
    if (length < 1 || length > 1 && kind != Kind.SINGLE) {
      throw new IllegalArgumentException(
          "input of kind " + kind + " with " + length + " numbers: expected 1 or more of a single");
    }
  }

  /** For example {@code full FP32} or {@code single FP64[4]}. */
  @Override
  public String toString() {
    return kind + " " + dtype + (length == 1 ? "" : "[" + length + "]");
  }
}
