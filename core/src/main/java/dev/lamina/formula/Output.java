package dev.lamina.formula;

import dev.lamina.type.DType;

/**
 * An output of a formula: an element for each element of the matrix.
 *
 * @param node the number of the node whose value it is
 * @param dtype the type to which the value is rounded when it is stored
 * @param over the input that it overwrites, or {@link #NEW} if it has memory of its own
 */
public record Output(int node, DType dtype, int over) {
  /** In the place of {@link #over}: the output has memory of its own. */
  public static final int NEW = -1;

  /** Whether the output has memory of its own. */
  public boolean isNew() {
    return over == NEW;
  }
}
