package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.data.CsvOptions.Header;
import dev.lamina.host.HostMemory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads a source into memory: a first pass finds out what the columns are and how much they take, a
 * second one streams the rows from DuckDB chunk by chunk.
 */
final class TableReader {
  private TableReader() {}

  /**
   * Reads a table.
   *
   * @param expected the names that a model asks for, empty if there is none
   * @param gaps the words for gaps, in lower case
   * @param requests as what each column of a relation is to be read
   * @param arena holds the cells
   */
  static RawTable read(
      TableSource source,
      Header header,
      List<String> expected,
      Set<String> gaps,
      Function<Relation, List<ColumnRequest>> requests,
      Arena arena) {
    try (DuckDb db = DuckDb.open()) {
      Relation relation = Relations.open(db, source, header, expected);
      ColumnProbe.Probed probed = ColumnProbe.probe(db, relation, requests.apply(relation), gaps);
      long bytes = check(relation, probed);
      return new RawTable(
          relation.source(),
          relation.names(),
          relation.named(),
          (int) probed.rows(),
          stream(db, relation, probed, arena),
          Arrays.asList(
              probed.columns().stream().map(PlannedColumn::pattern).toArray(TimePattern[]::new)),
          bytes,
          probed.notes());
    }
  }

  /** Makes sure that there are rows and that they find room; returns what they take. */
  private static long check(Relation relation, ColumnProbe.Probed probed) {
    String source = relation.source();
    if (probed.rows() == 0) {
      throw new LaminaException(
          source
              + ": no rows"
              + (relation.named() ? ", only the names of columns; no data follow" : "")
              + "; add rows, or check the quotes");
    }
    if (probed.rows() > Integer.MAX_VALUE) {
      throw new LaminaException(
          String.format(
              Locale.ROOT,
              "%s: %,d rows are too many; the limit is %,d: take a part by sql:SELECT",
              source,
              probed.rows(),
              Integer.MAX_VALUE));
    }
    long cells =
        probed.rows() * probed.columns().stream().mapToLong(PlannedColumn::bytesPerRow).sum();
    long texts = probed.columns().stream().mapToLong(PlannedColumn::textBytes).sum();
    String remedy = "leave columns out by --drop, or take a part of the rows by sql:SELECT";
    HostMemory.require(cells, source, remedy);
    Runtime java = Runtime.getRuntime();
    long heap = java.maxMemory() - (java.totalMemory() - java.freeMemory());
    if (texts > heap) {
      throw new LaminaException(
          String.format(
              Locale.ROOT,
              "%s: the different texts take about %,d bytes, and Java's heap has %,d left; %s, or"
                  + " give Java more, as in LAMINA_JAVA_OPTIONS=-Xmx8g",
              source,
              texts,
              heap,
              remedy));
    }
    return cells + texts;
  }

  private static List<Column> stream(
      DuckDb db, Relation relation, ColumnProbe.Probed probed, Arena arena) {
    List<ColumnBuilder> builders = new ArrayList<>();
    List<ColumnBuilder> read = new ArrayList<>();
    StringBuilder sql = new StringBuilder("SELECT 1");
    for (PlannedColumn plan : probed.columns()) {
      ColumnBuilder builder = ColumnBuilder.of(plan, probed.rows(), relation.source(), arena);
      builders.add(builder);
      if (plan.bytesPerRow() > 0) {
        read.add(builder);
        sql.append(", ").append(plan.sql());
      }
    }
    long[] count = new long[1];
    db.stream(
        relation.source(),
        sql + " FROM " + relation.sql(),
        chunk -> {
          if (count[0] + chunk.rowCount() <= probed.rows()) {
            for (int k = 0; k < read.size(); k++) {
              read.get(k).add(chunk.vector(k + 1L), chunk.rowCount(), count[0]);
            }
          }
          count[0] += chunk.rowCount();
        });
    if (count[0] != probed.rows()) {
      throw new LaminaException(
          relation.source()
              + ": "
              + probed.rows()
              + " rows when it was looked at, "
              + count[0]
              + " when it was read; the data must not change meanwhile, and a query must not fail"
              + " in one of the rows");
    }
    return builders.stream().map(ColumnBuilder::finish).toList();
  }
}
