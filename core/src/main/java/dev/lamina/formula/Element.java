package dev.lamina.formula;

import dev.lamina.random.Philox;

/**
 * What a formula sees of one element, in double precision: the oracle's way to compute it.
 *
 * @param inputs for each input the number that the element reads, or all numbers of a SINGLE
 * @param row i
 * @param column j
 * @param columns n, the length of a row
 */
public record Element(double[][] inputs, long row, long column, long columns) {
  /** An element of a matrix [1, 1]. */
  public Element(double[]... inputs) {
    this(inputs, 0, 0, 1);
  }

  /** i n + j. */
  public long index() {
    return row * columns + column;
  }

  double position(Node.Axis axis) {
    return switch (axis) {
      case ROW -> row;
      case COLUMN -> column;
      case ELEMENT -> index();
    };
  }

  double uniform(Node.Uniform node) {
    double[] clock = inputs[node.clock()];
    long key = (int) clock[1] & 0xFFFFFFFFL | (long) (int) clock[2] << 32;
    int[] words = new int[4];
    long block = index() >>> 2;
    Philox.block((int) block, (int) (block >>> 32), node.stream(), (int) clock[0], key, words);
    return (words[(int) (index() & 3)] >>> 8) * 0x1p-24;
  }
}
