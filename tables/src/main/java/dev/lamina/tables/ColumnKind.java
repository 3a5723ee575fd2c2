package dev.lamina.tables;

/** What a column is said to be where the finding of it is overruled. */
public enum ColumnKind {
  /** Numbers: (x − mean) / deviation. */
  NUMBER,
  /** Numbers with a heavy tail: sign(x) · ln(1 + |x|), then as numbers. */
  LOG,
  /** Numbers with a heavy tail: the share of training values below x, then as numbers. */
  QUANTILE,
  /** True or false, yes or no, 1 or 0: one column of 0 and 1. */
  BOOLEAN,
  /** A column of 0 and 1 for each category. */
  CATEGORY,
  /** A date or a time: year, month, day of week, hour. */
  DATE
}
