package dev.lamina.tables;

import java.lang.foreign.Arena;

/**
 * Tables as people have them: CSV, Parquet, JSON and SQL queries over them, with texts, dates,
 * booleans and gaps, made into data sets.
 *
 * {@snippet :
 * var table = Tables.read("csv:penguins.csv", TableOptions.target("species"));
 * var ready = table.split(0.1, 42); // fitted to nine tenths of the rows
 * System.out.println(ready.schema().describe());
 * var train = ready.preprocessing().apply(ready.split().train());
 * var later = ready.schema().read("csv:more-penguins.csv").data();
 * }
 *
 * <p>DuckDB reads the files, embedded and in memory; it downloads nothing. All methods may be
 * called by any thread.
 */
public final class Tables {
  private Tables() {}

  /** Reads a table of which all is found out; the target is the last column. */
  public static Table read(String source) {
    return read(source, TableOptions.defaults());
  }

  /**
   * Reads a table.
   *
   * @param source such as {@code csv:people.csv}, see {@link TableSource}
   * @throws dev.lamina.LaminaException if it cannot be read, a cell is wrong or there is too little
   *     memory; it names the file, the row and the column
   */
  public static Table read(String source, TableOptions options) {
    return Table.read(TableSource.parse(source), options, Arena.ofAuto());
  }

  /** Reads a table into the memory of an arena; see {@link #read(String, TableOptions)}. */
  public static Table read(TableSource source, TableOptions options, Arena arena) {
    return Table.read(source, options, arena);
  }
}
