package dev.lamina.tables;

/**
 * As what a column is to be read.
 *
 * @param pattern how dates are written; null where it is to be found out or does not matter
 */
record ColumnRequest(Form form, TimePattern pattern) {
  /** What a column may be read as. */
  enum Form {
    /** What its cells are. */
    AUTO,
    /** Numbers. */
    NUMBER,
    /** True or false, written in any usual way. */
    BOOLEAN,
    /** Texts, without the blanks around them. */
    TEXT,
    /** Dates with or without a time. */
    DATE,
    /** Times of the day. */
    TIME,
    /** Not at all. */
    SKIP
  }

  static final ColumnRequest AUTO = new ColumnRequest(Form.AUTO, null);
  static final ColumnRequest NUMBER = new ColumnRequest(Form.NUMBER, null);
  static final ColumnRequest BOOLEAN = new ColumnRequest(Form.BOOLEAN, null);
  static final ColumnRequest TEXT = new ColumnRequest(Form.TEXT, null);
  static final ColumnRequest TIME = new ColumnRequest(Form.TIME, null);
  static final ColumnRequest SKIP = new ColumnRequest(Form.SKIP, null);

  static ColumnRequest date(TimePattern pattern) {
    return new ColumnRequest(Form.DATE, pattern);
  }
}
