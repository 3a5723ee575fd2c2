package dev.lamina.tables;

import java.util.Set;
import java.util.stream.Collectors;

/** A column's cells as expressions of SQL. */
final class CellSql {
  private CellSql() {}

  /** The text of a cell without the blanks around it; NULL for a gap. */
  static String cell(Relation.SourceColumn column, Set<String> gaps) {
    String text =
        column.type().equals("VARCHAR") ? column.sql() : "CAST(" + column.sql() + " AS VARCHAR)";
    String trimmed = "trim(" + text + ")";
    String words = gaps.stream().map(DuckDb::literal).collect(Collectors.joining(", "));
    return "CASE WHEN lower(" + trimmed + ") IN (" + words + ") THEN NULL ELSE " + trimmed + " END";
  }

  /** A cell's number, infinite or NaN as it may be; NULL where it has not a number's form. */
  static String number(String cell) {
    return "CASE WHEN contains("
        + cell
        + ", '_') THEN NULL ELSE try_cast("
        + cell
        + " AS DOUBLE) END";
  }

  /**
   * The number of a column of which all cells that are no gaps are known to be numbers; NULL or NaN
   * for a gap. Words for gaps need not be looked for, unless one of them is a number.
   */
  static String onlyNumber(Relation.SourceColumn column, Set<String> gaps) {
    return gaps.stream().anyMatch(CellText::isNumber) || !column.type().equals("VARCHAR")
        ? number(cell(column, gaps))
        : "try_cast(" + column.sql() + " AS DOUBLE)";
  }

  /** What a cell is read as; NULL where its form is another. */
  static String parsed(ColumnRequest request, String cell) {
    return switch (request.form()) {
      case NUMBER -> "CASE WHEN isfinite(" + number(cell) + ") THEN " + number(cell) + " END";
      case BOOLEAN -> "CAST(try_cast(" + cell + " AS BOOLEAN) AS VARCHAR)";
      case TEXT, AUTO -> cell;
      case DATE -> "epoch_us(" + request.pattern().parsed(cell) + ")";
      case TIME -> "epoch_us(try_cast(" + cell + " AS TIME))";
      case SKIP -> "NULL";
    };
  }

  /** The value of a column whose type of DuckDB is what is wanted; NULL for a gap. */
  static String typed(Relation.SourceColumn column, ColumnType type) {
    String value = column.sql();
    return switch (type) {
      case WHOLE -> "CAST(" + value + " AS BIGINT)";
      case REAL -> {
        String number = "CAST(" + value + " AS DOUBLE)";
        yield "CASE WHEN isnan(" + number + ") THEN NULL ELSE " + number + " END";
      }
      case BOOLEAN, TEXT -> "CAST(" + value + " AS VARCHAR)";
      case DATE ->
          column.type().equals("DATE") || column.type().equals("TIMESTAMP WITH TIME ZONE")
              ? "CASE WHEN isfinite(" + value + ") THEN epoch_us(" + value + ") END"
              : "epoch_us(CAST(" + value + " AS TIMESTAMP))";
      case TIME -> "epoch_us(CAST(" + value + " AS TIME))";
      case NESTED, SKIPPED -> "NULL";
    };
  }

  /** What a type of DuckDB holds. */
  static ColumnType type(String duckDb) {
    String type = duckDb.replaceFirst("\\(.*", "");
    return duckDb.endsWith("]")
        ? ColumnType.NESTED
        : switch (type) {
          case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER" ->
              ColumnType.WHOLE;
          case "FLOAT", "DOUBLE", "DECIMAL", "HUGEINT", "UHUGEINT", "UBIGINT" -> ColumnType.REAL;
          case "BOOLEAN" -> ColumnType.BOOLEAN;
          case "DATE",
              "TIMESTAMP",
              "TIMESTAMP_S",
              "TIMESTAMP_MS",
              "TIMESTAMP_NS",
              "TIMESTAMP WITH TIME ZONE" ->
              ColumnType.DATE;
          case "TIME" -> ColumnType.TIME;
          case "VARCHAR", "ENUM", "UUID" -> ColumnType.TEXT;
          default -> ColumnType.NESTED;
        };
  }
}
