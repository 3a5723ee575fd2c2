package dev.lamina.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Results as a Markdown table whose columns also line up on a terminal. */
public final class ResultTable {
  private final List<List<String>> lines = new ArrayList<>();

  /** A table of these rows: the same work on each device one below the other. */
  public ResultTable(List<Row> rows) {
    Ceilings ceilings = new Ceilings(rows);
    boolean allocations = rows.stream().anyMatch(row -> !Double.isNaN(row.allocatedBytes()));
    List<String> header =
        new ArrayList<>(
            List.of("benchmark", "parameters", "device", "time", "±", "rate", "of ceiling"));
    if (allocations) {
      header.add("heap B/op");
    }
    lines.add(header);
    for (Row row : sorted(rows)) {
      List<String> line = new ArrayList<>();
      line.add(row.benchmark());
      line.add(row.parameterText());
      line.add(row.device());
      line.add(time(row.seconds()));
      line.add(known(row.error(), row.error() / row.seconds() * 100, "%.1f%%"));
      line.add(
          row.work() == null
              ? ""
              : String.format(Locale.ROOT, "%.4g %s", row.rate(), row.work().limit().unit()));
      double share = ceilings.share(row);
      line.add(
          Ceilings.isCeiling(row)
              ? "ceiling"
              : known(share, share * 100, share < 0.1 ? "%.1f%%" : "%.0f%%"));
      if (allocations) {
        line.add(known(row.allocatedBytes(), row.allocatedBytes(), "%.1f"));
      }
      lines.add(line);
    }
  }

  private static List<Row> sorted(List<Row> rows) {
    // Stable: parameters stay in the order in which JMH ran them.
    List<String> work = rows.stream().map(ResultTable::workKey).distinct().toList();
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(
        Comparator.comparing((Row row) -> !Ceilings.isCeiling(row))
            .thenComparingInt(row -> work.indexOf(workKey(row))));
    return sorted;
  }

  private static String workKey(Row row) {
    return row.benchmark() + row.parameters();
  }

  private static String known(double value, double shown, String format) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, shown);
  }

  static String time(double seconds) {
    String[] units = {"s", "ms", "µs", "ns"};
    int unit = 0;
    double value = seconds;
    while (value < 1 && unit < units.length - 1) {
      value *= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.4g %s", value, units[unit]);
  }

  @Override
  public String toString() {
    int columns = lines.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> line : lines) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int l = 0; l < lines.size(); l++) {
      for (int i = 0; i < columns; i++) {
        String cell = lines.get(l).get(i);
        String space = " ".repeat(widths[i] - cell.length());
        text.append("| ").append(i < 3 ? cell + space : space + cell).append(' ');
      }
      text.append("|\n");
      if (l == 0) {
        for (int i = 0; i < columns; i++) {
          text.append("|").append("-".repeat(widths[i] + 1)).append(i < 3 ? "-" : ":");
        }
        text.append("|\n");
      }
    }
    return text.toString();
  }
}
