package dev.lamina.cuda;

import dev.lamina.type.Shape;

/** How an operand fills a larger shape; the numbers are those of broadcast.cu. */
enum Repeat {
  /** It has the shape. */
  FULL,
  /** A single number. */
  SINGLE,
  /** A row, repeated downwards. */
  ROW,
  /** A column, repeated sideways. */
  COLUMN;

  static Repeat of(Shape small, Shape large) {
    if (small.size() == large.size()) {
      return FULL;
    }
    if (small.isSingle()) {
      return SINGLE;
    }
    return small.columns() == small.size() && small.columns() == large.columns() ? ROW : COLUMN;
  }

  Argument argument() {
    return Argument.integer(ordinal());
  }
}
