package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.tables.ColumnRequest.Form;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds out what the columns of a relation are, from all of their cells: a first pass over the
 * data, by SQL aggregates, that takes no memory for rows.
 */
final class ColumnProbe {
  private final DuckDb db;
  private final Relation relation;
  private final Set<String> gaps;
  private final List<String> notes = new ArrayList<>();
  private long rows;

  /**
   * What was found.
   *
   * @param notes what a user should know of it
   */
  record Probed(long rows, List<PlannedColumn> columns, List<String> notes) {}

  private ColumnProbe(DuckDb db, Relation relation, Set<String> gaps) {
    this.db = db;
    this.relation = relation;
    this.gaps = gaps;
  }

  /**
   * Probes all columns.
   *
   * @param requests as what each column is to be read
   * @param gaps the words for gaps, in lower case
   * @throws LaminaException if a cell does not fit; it names the row and the column
   */
  static Probed probe(
      DuckDb db, Relation relation, List<ColumnRequest> requests, Set<String> gaps) {
    ColumnProbe probe = new ColumnProbe(db, relation, gaps);
    Map<Integer, ColumnStatistics> statistics = probe.statistics(requests);
    List<PlannedColumn> columns = new ArrayList<>();
    for (int j = 0; j < requests.size(); j++) {
      columns.add(probe.plan(j, requests.get(j), statistics.get(j)));
    }
    return new Probed(probe.rows, columns, List.copyOf(probe.notes));
  }

  private Relation.SourceColumn column(int j) {
    return relation.columns().get(j);
  }

  private String cell(int j) {
    return CellSql.cell(column(j), gaps);
  }

  /** Whether DuckDB's own type is what is wanted, so that no text is looked at. */
  private boolean isTyped(int j, Form form) {
    ColumnType type = CellSql.type(column(j).type());
    return switch (form) {
      case AUTO -> type != ColumnType.TEXT;
      case NUMBER -> type == ColumnType.WHOLE || type == ColumnType.REAL;
      case BOOLEAN -> type == ColumnType.BOOLEAN;
      case DATE -> type == ColumnType.DATE;
      case TIME -> type == ColumnType.TIME;
      case TEXT -> type == ColumnType.NESTED;
      case SKIP -> true;
    };
  }

  private Map<Integer, ColumnStatistics> statistics(List<ColumnRequest> requests) {
    int[] texts =
        IntStream.range(0, requests.size())
            .filter(j -> !isTyped(j, requests.get(j).form()))
            .toArray();
    List<String> cells = new ArrayList<>(List.of("1 AS one"));
    List<String> numbers = new ArrayList<>(List.of("one"));
    List<String> aggregates = new ArrayList<>(List.of("count(*)"));
    for (int j : texts) {
      cells.add(cell(j) + " AS t" + j);
      numbers.add("t" + j);
      numbers.add(CellSql.number("t" + j) + " AS v" + j);
      aggregates.addAll(ColumnStatistics.sql("t" + j, "v" + j));
    }
    String sql =
        select(aggregates) + "(" + select(numbers) + "(" + select(cells) + relation.sql() + "))";
    return db.query(
        relation.source(),
        sql,
        row -> {
          row.next();
          rows = row.getLong(1);
          Map<Integer, ColumnStatistics> found = new LinkedHashMap<>();
          for (int k = 0; k < texts.length; k++) {
            found.put(texts[k], ColumnStatistics.read(row, 2 + ColumnStatistics.FIELDS * k));
          }
          return found;
        });
  }

  private static String select(List<String> expressions) {
    return "SELECT " + String.join(", ", expressions) + " FROM ";
  }

  private PlannedColumn plan(int j, ColumnRequest request, ColumnStatistics statistics) {
    if (request.form() == Form.SKIP) {
      return PlannedColumn.SKIPPED;
    }
    if (statistics == null) {
      return typed(j, request);
    }
    return switch (request.form()) {
      case AUTO -> found(j, statistics);
      case NUMBER -> requested(j, ColumnType.REAL, request, statistics);
      case BOOLEAN -> requested(j, ColumnType.BOOLEAN, request, statistics);
      case TEXT -> requested(j, ColumnType.TEXT, request, statistics);
      case TIME -> requested(j, ColumnType.TIME, request, statistics);
      case DATE -> {
        TimePattern pattern =
            request.pattern() != null ? request.pattern() : bestPattern(j, statistics);
        yield requested(j, ColumnType.DATE, ColumnRequest.date(pattern), statistics);
      }
      case SKIP -> throw new AssertionError(request);
    };
  }

  private PlannedColumn typed(int j, ColumnRequest request) {
    ColumnType type = CellSql.type(column(j).type());
    if (type == ColumnType.NESTED && request.form() != Form.AUTO) {
      throw new LaminaException(
          relation.source()
              + ": "
              + relation.columnName(j)
              + ": cells of the type "
              + Quote.plain(column(j).type())
              + " are no single values; take one of them by sql:SELECT");
    }
    String sql = CellSql.typed(column(j), type);
    if (type == ColumnType.REAL) {
      String value = "CAST(" + column(j).sql() + " AS DOUBLE)";
      requireNone(j, value, "isinf(" + value + ")", "where a finite number is expected");
    }
    return new PlannedColumn(type, null, sql, type == ColumnType.TEXT ? rows * 64 : 0);
  }

  /** What all cells of a text column say it is. */
  private PlannedColumn found(int j, ColumnStatistics statistics) {
    String number = CellSql.number(cell(j));
    String known = CellSql.onlyNumber(column(j), gaps);
    if (statistics.isNumeric() && statistics.infinite() > 0) {
      requireNone(j, cell(j), "NOT isfinite(" + number + ")", "where a finite number is expected");
    }
    if (statistics.isWhole()) {
      return new PlannedColumn(ColumnType.WHOLE, null, "try_cast(" + known + " AS BIGINT)", 0);
    }
    if (statistics.isNumeric()) {
      return new PlannedColumn(ColumnType.REAL, null, known, 0);
    }
    if (statistics.isNumbersWithSlips()) {
      requireNone(
          j,
          cell(j),
          number + " IS NULL",
          "where nearly all others are numbers; mend it, or say what it is: a gap by --gap, or the"
              + " column is of categories by --column NAME:category");
    }
    if (statistics.hasDecimalCommas()) {
      requireNone(
          j,
          cell(j),
          number + " IS NULL",
          "has a comma where a number has a point; write points, or read it by sql:SELECT"
              + " replace(...), or say that it is no number by --column NAME:category");
    }
    if (statistics.isBoolean()) {
      return new PlannedColumn(ColumnType.BOOLEAN, null, cell(j), 0);
    }
    if (statistics.isTimelike()) {
      PlannedColumn time = time(j, statistics);
      if (time != null) {
        return time;
      }
    }
    return new PlannedColumn(ColumnType.TEXT, null, cell(j), statistics.textBytes());
  }

  private PlannedColumn requested(
      int j, ColumnType type, ColumnRequest request, ColumnStatistics statistics) {
    String parsed = CellSql.parsed(request, cell(j));
    String expected =
        switch (type) {
          case REAL, WHOLE -> "where a finite number is expected";
          case BOOLEAN -> "where true or false, yes or no, 1 or 0 is expected";
          case DATE -> "where a date such as " + request.pattern().example() + " is expected";
          case TIME -> "where a time such as 18:30 is expected";
          case TEXT, NESTED, SKIPPED -> null;
        };
    if (expected != null) {
      requireNone(
          j,
          cell(j),
          cell(j) + " IS NOT NULL AND " + parsed + " IS NULL",
          expected + "; mend it, or say that it is a gap by --gap");
    }
    long bytes = type == ColumnType.TEXT ? statistics.textBytes() : 0;
    return new PlannedColumn(type, request.pattern(), parsed, bytes);
  }

  /** The dates or times of a text column, or null if some cell is neither. */
  private PlannedColumn time(int j, ColumnStatistics statistics) {
    List<ColumnRequest> forms = new ArrayList<>();
    for (TimePattern pattern : TimePattern.values()) {
      forms.add(ColumnRequest.date(pattern));
    }
    // Of a date with a time DuckDB would take the time alone.
    forms.add(ColumnRequest.TIME);
    long[] counts = counts(j, forms);
    List<ColumnRequest> whole =
        IntStream.range(0, counts.length)
            .filter(k -> counts[k] == statistics.cells())
            .mapToObj(forms::get)
            .toList();
    if (whole.isEmpty()) {
      return null;
    }
    ColumnRequest form = whole.getFirst();
    if (whole.size() > 1 && form.pattern() == TimePattern.MONTH_DAY) {
      notes.add(
          relation.columnName(j)
              + ": its dates may be month/day or day/month; they are taken for month/day, as"
              + " 11/21/2026");
    }
    ColumnType type = form.form() == Form.TIME ? ColumnType.TIME : ColumnType.DATE;
    return new PlannedColumn(type, form.pattern(), CellSql.parsed(form, cell(j)), 0);
  }

  private TimePattern bestPattern(int j, ColumnStatistics statistics) {
    TimePattern[] patterns = TimePattern.values();
    long[] counts = counts(j, List.of(patterns).stream().map(ColumnRequest::date).toList());
    int best = 0;
    for (int k = 1; k < counts.length; k++) {
      best = counts[k] > counts[best] ? k : best;
    }
    return patterns[best];
  }

  /** How many cells have each of these forms. */
  private long[] counts(int j, List<ColumnRequest> forms) {
    String sql =
        forms.stream()
            .map(form -> "count(" + CellSql.parsed(form, "t") + ")")
            .collect(Collectors.joining(", "));
    return db.query(
        relation.source(),
        "SELECT " + sql + " FROM (SELECT " + cell(j) + " AS t FROM " + relation.sql() + ")",
        row -> {
          row.next();
          long[] found = new long[forms.size()];
          for (int k = 0; k < found.length; k++) {
            found[k] = row.getLong(k + 1);
          }
          return found;
        });
  }

  /** Refuses the first cell that a condition holds for. */
  private void requireNone(int j, String cell, String condition, String what) {
    String sql =
        "SELECT row, cell FROM (SELECT row_number() OVER () AS row, CAST("
            + cell
            + " AS VARCHAR) AS cell, "
            + condition
            + " AS wrong FROM "
            + relation.sql()
            + ") WHERE wrong AND cell IS NOT NULL ORDER BY row LIMIT 1";
    db.query(
        relation.source(),
        sql,
        found -> {
          if (found.next()) {
            throw new LaminaException(
                relation.source()
                    + ": row "
                    + found.getLong(1)
                    + ", "
                    + relation.columnName(j)
                    + ": "
                    + Quote.of(found.getString(2))
                    + " "
                    + what
                    + (found.getLong(1) == 1 && !relation.named()
                        ? "; if the first line holds names, say so by --header present"
                        : ""));
          }
          return null;
        });
  }
}
