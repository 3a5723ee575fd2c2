package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a table comes from, written {@code csv:FILE}, {@code parquet:FILE}, {@code json:FILE} or
 * {@code sql:QUERY}. FILE may be a pattern such as {@code csv:days/*.csv}; the files then are one
 * table. QUERY is one SELECT of DuckDB's SQL over such files and over DuckDB's database files:
 * {@code sql:SELECT * FROM 'people.parquet' WHERE age > 17}, {@code sql:FROM
 * read_duckdb('shop.duckdb', table_name='orders')}.
 *
 * <p>Immutable: any thread may use it.
 *
 * @param argument the file, the pattern or the query
 */
public record TableSource(Kind kind, String argument) {
  /** The kinds of sources. */
  public enum Kind {
    /** Text: UTF-8 or UTF-16, plain or .gz, any separator. */
    CSV,
    /** Apache Parquet. */
    PARQUET,
    /** Objects of equal members: one in each line, or a list of them. */
    JSON,
    /** A query. */
    SQL;

    /** The kind of this name, if there is one. */
    public static Optional<Kind> named(String name) {
      for (Kind kind : values()) {
        if (kind.prefix().equals(name)) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }

    /** What stands before the colon. */
    public String prefix() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The source that a text names.
   *
   * @throws LaminaException if it names none
   */
  public static TableSource parse(String text) {
    int colon = text.indexOf(':');
    Optional<Kind> kind = colon < 0 ? Optional.empty() : Kind.named(text.substring(0, colon));
    if (kind.isEmpty() || text.substring(colon + 1).isBlank()) {
      throw new LaminaException(
          Quote.of(text) + ": expected csv:FILE, parquet:FILE, json:FILE or sql:QUERY");
    }
    return new TableSource(kind.get(), text.substring(colon + 1));
  }

  /** The file or the query, for messages. */
  String shown() {
    return kind == Kind.SQL ? "sql:" + argument.strip() : argument;
  }

  @Override
  public String toString() {
    return kind.prefix() + ":" + argument;
  }
}
