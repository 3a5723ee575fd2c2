package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.data.Dataset;
import dev.lamina.data.Preprocessing;
import dev.lamina.data.RowSplit;
import dev.lamina.data.Split;
import dev.lamina.data.Standardizer;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A table to learn from, in memory, of which the rows with a target count. It takes 8 bytes for a
 * number or a date and 4 for a text, beside each different text once.
 *
 * <p>Immutable: any thread may use it.
 */
public final class Table {
  private final RawTable raw;
  private final ColumnRoles roles;
  private final TableOptions options;
  private final int[] rows;
  private final List<String> notes;

  private Table(
      RawTable raw, ColumnRoles roles, TableOptions options, int[] rows, List<String> notes) {
    this.raw = raw;
    this.roles = roles;
    this.options = options;
    this.rows = rows;
    this.notes = notes;
  }

  static Table read(TableSource source, TableOptions options, Arena arena) {
    ColumnRoles[] roles = new ColumnRoles[1];
    RawTable raw =
        TableReader.read(
            source,
            options.header(),
            List.of(),
            CellText.gaps(options.gaps()),
            relation -> {
              roles[0] =
                  ColumnRoles.of(relation.source(), relation.names(), relation.named(), options);
              return roles[0].requests(relation.columns().size());
            },
            arena);
    List<String> notes = new ArrayList<>(raw.notes());
    int[] rows = SchemaEncoding.knownRows(raw, roles[0].target(), notes);
    return new Table(raw, roles[0], options, rows, List.copyOf(notes));
  }

  /** The number of rows with a target. */
  public int size() {
    return rows.length;
  }

  /** The names of all columns, made up where the table has none. */
  public List<String> names() {
    return raw.names();
  }

  /** What the cells take in memory. */
  public long bytes() {
    return raw.bytes();
  }

  /**
   * Holds out a part of the rows, fits a schema to the others and prepares both.
   *
   * @param fraction which part to hold out, from 0 for none to below 1
   * @param seed chooses the rows, as in {@link RowSplit}
   * @throws LaminaException if there is nothing to learn or to hold out
   */
  public TrainingTable split(double fraction, long seed) {
    return split(fraction, seed, Arena.ofAuto());
  }

  /** As {@link #split(double, long)}, both parts in memory of an arena. */
  public TrainingTable split(double fraction, long seed, Arena arena) {
    if (fraction == 0) {
      return fit(IntStream.range(0, rows.length).toArray(), new int[0], arena);
    }
    if (rows.length < 2) {
      throw new LaminaException(
          raw.source()
              + ": nothing can be held out of a single row; give more data, or hold out nothing by"
              + " --validation-split 0");
    }
    RowSplit parts = RowSplit.of(rows.length, fraction, seed);
    return fit(parts.train(), parts.validation(), arena);
  }

  /**
   * Fits a schema to some rows and prepares these and others, as for cross-validation.
   *
   * @param train the rows to learn from, from 0 to {@link #size} − 1
   * @param validation the rows that are held out, may be empty
   * @param arena holds the samples
   */
  public TrainingTable fit(int[] train, int[] validation, Arena arena) {
    int[] learned = IntStream.of(train).map(i -> rows[i]).toArray();
    List<String> said = new ArrayList<>(notes);
    TableSchema schema = SchemaFit.fit(raw, roles, options, rows, learned, said);
    SchemaBinding binding =
        new SchemaBinding(schema, IntStream.range(0, raw.columns().size()).toArray());
    Dataset trained =
        SchemaEncoding.encode(schema, raw, binding, roles.target(), learned, said, arena);
    Dataset held =
        validation.length == 0
            ? null
            : SchemaEncoding.encode(
                schema,
                raw,
                binding,
                roles.target(),
                IntStream.of(validation).map(i -> rows[i]).toArray(),
                said,
                arena);
    Preprocessing preprocessing =
        new Preprocessing(
            Optional.empty(),
            trained.isClassification()
                ? Optional.empty()
                : Optional.of(Standardizer.ofTargets(trained)));
    said.add(
        String.format(
            Locale.ROOT,
            "%s: %,d bytes of cells, %,d of features",
            raw.source(),
            raw.bytes(),
            trained.bytes() + (held == null ? 0 : held.bytes())));
    return new TrainingTable(schema, new Split(trained, held), preprocessing, List.copyOf(said));
  }

  /** For example {@code people.csv: 891 rows, 15 columns}. */
  @Override
  public String toString() {
    return raw.source() + ": " + size() + " rows, " + raw.names().size() + " columns";
  }
}
