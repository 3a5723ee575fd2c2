package dev.lamina.tables;

/**
 * A column that is about to be read.
 *
 * @param pattern how its dates are written, null where it has none or they are not text
 * @param sql its value as an expression of SQL
 * @param textBytes an estimate of what its different texts take
 */
record PlannedColumn(ColumnType type, TimePattern pattern, String sql, long textBytes) {
  static final PlannedColumn SKIPPED = new PlannedColumn(ColumnType.SKIPPED, null, "NULL", 0);

  /** What a row of it takes in memory. */
  long bytesPerRow() {
    return switch (type) {
      case WHOLE, REAL, DATE, TIME -> 8;
      case BOOLEAN, TEXT -> 4;
      case NESTED, SKIPPED -> 0;
    };
  }
}
