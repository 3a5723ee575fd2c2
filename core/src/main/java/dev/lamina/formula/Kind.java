package dev.lamina.formula;

import java.util.Locale;

/** How an input of a formula fills the matrix [m, n] that the formula runs over. */
public enum Kind {
  /** An element for each element (i, j). */
  FULL,
  /** A row [n], repeated for every i. */
  ROW,
  /** A column [m], repeated for every j. */
  COLUMN,
  /** A few numbers, each of them the same for all elements. */
  SINGLE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
