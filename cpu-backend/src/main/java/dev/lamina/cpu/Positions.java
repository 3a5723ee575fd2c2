package dev.lamina.cpu;

import dev.lamina.formula.Node;

/** The positions of elements as numbers. */
final class Positions {
  private Positions() {}

  /** The positions of n elements from {@code at} on in a matrix with so many columns. */
  static void fill(Node.Axis axis, long columns, long at, int n, double[] to) {
    long row = at / columns;
    long column = at % columns;
    for (int k = 0; k < n; k++) {
      to[k] =
          switch (axis) {
            case ROW -> row;
            case COLUMN -> column;
            case ELEMENT -> at + k;
          };
      if (++column == columns) {
        column = 0;
        row++;
      }
    }
  }
}
