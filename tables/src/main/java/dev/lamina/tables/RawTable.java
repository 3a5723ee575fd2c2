package dev.lamina.tables;

import dev.lamina.LaminaException;
import java.util.List;

/**
 * A table in memory, column by column, not prepared in any way.
 *
 * @param source where it comes from, for messages
 * @param names of the columns, made up where they have none
 * @param named whether they have names of their own
 * @param patterns how each column writes dates, null where it does not
 * @param bytes what the cells take
 * @param notes what a user should know of how it was read
 */
record RawTable(
    String source,
    List<String> names,
    boolean named,
    int size,
    List<Column> columns,
    List<TimePattern> patterns,
    long bytes,
    List<String> notes) {
  /** A column in messages. */
  String columnName(int column) {
    return ColumnNames.shown(column, names.get(column), named);
  }

  /** The error for a cell. */
  LaminaException error(int row, int column, String what) {
    return new LaminaException(
        source + ": row " + (row + 1) + ", " + columnName(column) + ": " + what);
  }
}
