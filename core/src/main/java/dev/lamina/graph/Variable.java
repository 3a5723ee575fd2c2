package dev.lamina.graph;

import dev.lamina.type.TensorType;

/**
 * Memory that outlives a program's run: parameters, gradients, moments, counters, a data set. A
 * variable is bound to device memory when a program is made; two are the same only if they are the
 * same object.
 */
public final class Variable {
  private final String name;
  private final TensorType type;

  /** A variable of this type. */
  public Variable(String name, TensorType type) {
    this.name = name;
    this.type = type;
  }

  /** Its name in listings. */
  public String name() {
    return name;
  }

  /** Its type. */
  public TensorType type() {
    return type;
  }

  @Override
  public String toString() {
    return name + " " + type;
  }
}
