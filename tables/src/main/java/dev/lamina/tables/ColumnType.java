package dev.lamina.tables;

/** What the cells of a column are, once it is read. */
enum ColumnType {
  /** Whole numbers. */
  WHOLE,
  /** Numbers. */
  REAL,
  /** The texts {@code true} and {@code false}, in any case. */
  BOOLEAN,
  /** Microseconds since 1970. */
  DATE,
  /** Microseconds since midnight. */
  TIME,
  /** Texts. */
  TEXT,
  /** Lists, structures, bytes: nothing that can be used. */
  NESTED,
  /** Nobody wants it: not read. */
  SKIPPED
}
