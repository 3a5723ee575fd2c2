package dev.lamina.tables;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How a text column writes dates. */
enum TimePattern {
  /** {@code 2026-11-21}, {@code 2026-11-21 18:30:00}, {@code 2026-11-21T18:30:00Z}. */
  ISO(null, "2026-11-21"),
  /** {@code 21.11.2026}. */
  DAY_MONTH_POINTS("%d.%m.%Y", "21.11.2026"),
  /** {@code 11/21/2026}. */
  MONTH_DAY("%m/%d/%Y", "11/21/2026"),
  /** {@code 21/11/2026}. */
  DAY_MONTH("%d/%m/%Y", "21/11/2026");

  private static final List<String> TIMES = List.of("", " %H:%M", " %H:%M:%S");

  private final String date;
  private final String example;

  TimePattern(String date, String example) {
    this.date = date;
    this.example = example;
  }

  /** The date as DuckDB's TIMESTAMP, null where a cell has another form. */
  String parsed(String cell) {
    if (date == null) {
      return "try_cast(" + cell + " AS TIMESTAMP)";
    }
    List<String> formats = new ArrayList<>();
    TIMES.forEach(time -> formats.add("'" + date + time + "'"));
    return "try_strptime("
        + cell
        + ", ["
        + formats.stream().collect(Collectors.joining(", "))
        + "])";
  }

  String example() {
    return example;
  }
}
