package dev.lamina.tables;

import dev.lamina.Quote;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A schema as a table that people read. */
final class SchemaText {
  private static final int NAME = 24;
  private static final int MOST_ROWS = 60;

  private SchemaText() {}

  static String describe(TableSchema schema) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of("column", "kind", "what is done", "gaps", "range"));
    for (SchemaColumn column : schema.columns()) {
      if (lines.size() > MOST_ROWS) {
        break;
      }
      lines.add(
          List.of(
              Quote.plain(column.name(), NAME),
              column.use().kind(),
              column.use().what(),
              column.use() instanceof ColumnUse.Dropped
                  ? ""
                  : String.format(Locale.ROOT, "%,d", column.gaps()),
              column.use().range()));
    }
    int[] widths = new int[5];
    for (List<String> line : lines) {
      for (int k = 0; k < widths.length; k++) {
        widths[k] = Math.max(widths[k], line.get(k).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      String row =
          String.format(
              Locale.ROOT,
              "  %-" + widths[0] + "s  %-" + widths[1] + "s  %-" + widths[2] + "s  %" + widths[3]
                  + "s  %s",
              line.toArray());
      text.append(row.stripTrailing()).append(System.lineSeparator());
    }
    int more = schema.columns().size() - MOST_ROWS;
    if (more > 0) {
      text.append("  and ").append(more).append(" more columns").append(System.lineSeparator());
    }
    return text.toString().stripTrailing();
  }
}
