package dev.lamina.tables;

import java.util.List;

/**
 * A table that DuckDB can read: what SQL says after FROM, and its columns.
 *
 * @param source what it is, for messages
 * @param sql what stands after FROM
 * @param columns in the order of the table
 * @param named whether the columns have names of their own
 * @param notes what a user should know of how it was read
 */
record Relation(
    String source, String sql, List<SourceColumn> columns, boolean named, List<String> notes) {
  /**
   * A column as DuckDB sees it.
   *
   * @param name as users call it
   * @param sql how SQL calls it
   * @param type DuckDB's type, as VARCHAR
   */
  record SourceColumn(String name, String sql, String type) {}

  List<String> names() {
    return columns.stream().map(SourceColumn::name).toList();
  }

  /**
   * What a column is called in messages: its number, counted from 1, and its name if it has one.
   */
  String columnName(int column) {
    return ColumnNames.shown(column, columns.get(column).name(), named);
  }
}
