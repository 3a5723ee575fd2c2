package dev.lamina.cpu;

import dev.lamina.type.Shape;

/**
 * Where an operand's elements lie when it is repeated to fill a matrix: element (i, j) is at {@code
 * i * rowStep + j * columnStep}.
 *
 * @param columnStep 1, or 0 if a row is one number repeated
 */
record View(long rowStep, int columnStep) {
  /** How {@code small} fills {@code large}, which it has been checked to do. */
  static View of(Shape small, Shape large) {
    if (small.size() == large.size()) {
      return new View(large.columns(), 1);
    }
    if (small.isSingle()) {
      return new View(0, 0);
    }
    boolean row = small.columns() == small.size() && small.columns() == large.columns();
    return row ? new View(0, 1) : new View(1, 0);
  }

  /** Whether every row follows the one before, so that all may be taken as one long row. */
  boolean isFlat(Shape large) {
    return columnStep == 0 ? rowStep == 0 : rowStep == large.columns();
  }

  /** Where row i starts, from column j on. */
  long at(long i, long j) {
    return i * rowStep + j * columnStep;
  }
}
