package dev.lamina.tables;

/** What happens to gaps in features. */
public enum MissingValues {
  /**
   * Numbers and dates get the training median, booleans the more frequent value, and beside it a
   * column of 0 and 1 says where one was missing, if training had gaps there; for categories a gap
   * is one of them.
   */
  IMPUTE,
  /** A gap is an error that names its row and column. */
  REFUSE
}
