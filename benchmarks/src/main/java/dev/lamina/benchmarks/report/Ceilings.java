package dev.lamina.benchmarks.report;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What each device did at most in the same run: a large matrix product, copy and transfer. */
public final class Ceilings {
  /** How names of benchmarks that measure ceilings begin. */
  public static final String BENCHMARK = "Ceiling";

  private final Map<List<String>, Double> rates = new HashMap<>();

  /** Takes the ceilings among these rows. */
  public Ceilings(List<Row> rows) {
    for (Row row : rows) {
      if (isCeiling(row)) {
        rates.merge(key(row), row.rate(), Math::max);
      }
    }
  }

  /** Whether a row measures a ceiling. */
  public static boolean isCeiling(Row row) {
    return row.benchmark().startsWith(BENCHMARK);
  }

  /** The rate of a row as a share of its device's ceiling, NaN if one of them is unknown. */
  public double share(Row row) {
    if (row.work() == null) {
      return Double.NaN;
    }
    return row.rate() / rates.getOrDefault(key(row), Double.NaN);
  }

  private static List<String> key(Row row) {
    Limit limit = row.work().limit();
    // Bytes are bytes, but arithmetic has a ceiling for each precision.
    String precision =
        limit == Limit.ARITHMETIC ? row.parameters().getOrDefault("precision", "") : "";
    String threads = row.parameters().getOrDefault("threads", "");
    return List.of(row.device(), limit.ceiling(), precision, threads);
  }
}
