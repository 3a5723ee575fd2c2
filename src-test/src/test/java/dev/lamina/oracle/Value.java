package dev.lamina.oracle;

import dev.lamina.type.TensorType;

/** A tensor in host memory, its elements held as doubles, which hold every element type exactly. */
public record Value(TensorType type, double[] data) {
  /** Checks that there are as many elements as the shape says. */
  public Value {
    if (data.length != type.size()) {
      throw new IllegalArgumentException(type + " with " + data.length + " elements");
    }
  }

  /** The number of elements. */
  public int size() {
    return data.length;
  }

  /** The number of rows of a matrix. */
  public int rows() {
    return Math.toIntExact(type.shape().rows());
  }

  /** The number of columns of a matrix. */
  public int columns() {
    return Math.toIntExact(type.shape().columns());
  }

  double at(int row, int column) {
    return data[row * columns() + column];
  }

  double single() {
    return data[0];
  }
}
