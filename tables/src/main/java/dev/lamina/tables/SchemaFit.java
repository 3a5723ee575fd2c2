package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.tables.ColumnUse.Carried;
import dev.lamina.tables.ColumnUse.Dropped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Fits a schema to training rows. */
final class SchemaFit {
  /** With fewer rows, different texts are no sign of an identifier. */
  private static final int FEW = 20;

  private final RawTable table;
  private final ColumnRoles roles;
  private final TableOptions options;
  private final int[] train;

  private SchemaFit(RawTable table, ColumnRoles roles, TableOptions options, int[] train) {
    this.table = table;
    this.roles = roles;
    this.options = options;
    this.train = train;
  }

  /**
   * Fits a schema.
   *
   * @param known the rows with a target, for the names of the classes
   * @param train the rows to learn from
   * @param notes hear what a user should know
   */
  static TableSchema fit(
      RawTable table,
      ColumnRoles roles,
      TableOptions options,
      int[] known,
      int[] train,
      List<String> notes) {
    SchemaFit fit = new SchemaFit(table, roles, options, train);
    TargetUse target = TargetFit.fit(table, roles.target(), roles.task(), known);
    List<ColumnUse> uses = new ArrayList<>();
    for (int j = 0; j < table.columns().size(); j++) {
      uses.add(j == roles.target() ? target : fit.use(j));
    }
    fit.dropCounters(uses);
    fit.requireFeatures(uses);
    List<SchemaColumn> columns = new ArrayList<>();
    for (int j = 0; j < uses.size(); j++) {
      Column cells = table.columns().get(j);
      long gaps =
          cells instanceof Column.Absent ? 0 : IntStream.of(train).filter(cells::isGap).count();
      columns.add(new SchemaColumn(table.names().get(j), uses.get(j), gaps));
    }
    notes.addAll(TargetLeak.notes(table, roles.target(), target, uses, train));
    return new TableSchema(columns, table.named(), options.missing(), options.gaps());
  }

  private ColumnUse use(int j) {
    Column cells = table.columns().get(j);
    if (roles.dropped().contains(j)) {
      return new Dropped("as asked for");
    }
    if (roles.carried().contains(j)) {
      return new Carried();
    }
    if (options.missing() == MissingValues.REFUSE) {
      SchemaEncoding.requireNoGaps(table, j, train);
    }
    int[] filled = IntStream.of(train).filter(row -> !cells.isGap(row)).toArray();
    boolean gaps = filled.length < train.length;
    return switch (cells) {
      case Column.Absent absent -> new Dropped("its cells are no single values");
      case Column column when filled.length == 0 -> new Dropped("empty in all rows of training");
      case Column.Real real -> number(j, cells, filled, gaps);
      case Column.Whole whole ->
          whole.type() == ColumnType.WHOLE
              ? number(j, cells, filled, gaps)
              : time(j, whole, filled, gaps);
      case Column.Text text ->
          text.type() == ColumnType.BOOLEAN
              ? truth(text, filled, gaps)
              : category(j, text, filled, gaps);
    };
  }

  private ColumnUse number(int j, Column cells, int[] filled, boolean gaps) {
    double[] values = IntStream.of(filled).mapToDouble(row -> Column.number(cells, row)).toArray();
    NumberTransform transform =
        switch (roles.kinds().get(j)) {
          case LOG -> NumberTransform.LOG;
          case QUANTILE -> NumberTransform.QUANTILE;
          case null, default -> NumberTransform.NONE;
        };
    NumberEncoder encoder = NumberEncoder.fit(transform, values, gaps);
    return !gaps && encoder.least() == encoder.greatest()
        ? constant(CellText.shown(encoder.least()))
        : encoder;
  }

  private ColumnUse time(int j, Column.Whole cells, int[] filled, boolean gaps) {
    long[] micros = IntStream.of(filled).mapToLong(cells::value).toArray();
    boolean dated = cells.type() == ColumnType.DATE;
    TimeEncoder encoder = TimeEncoder.fit(dated, table.patterns().get(j), micros, gaps);
    return !gaps && encoder.least() == encoder.greatest() ? constant(encoder.range()) : encoder;
  }

  private static ColumnUse truth(Column.Text cells, int[] filled, boolean gaps) {
    long yes = IntStream.of(filled).filter(row -> BooleanEncoder.isTrue(cells, row)).count();
    return !gaps && (yes == 0 || yes == filled.length)
        ? constant(Boolean.toString(yes > 0))
        : new BooleanEncoder(2 * yes > filled.length, gaps);
  }

  private ColumnUse category(int j, Column.Text cells, int[] filled, boolean gaps) {
    Map<String, Integer> counts = new HashMap<>();
    int[] perCode = new int[cells.texts().size()];
    for (int row : filled) {
      perCode[cells.code(row)]++;
    }
    for (int code = 0; code < perCode.length; code++) {
      if (perCode[code] > 0) {
        counts.merge(CellText.canonical(cells.texts().get(code)), perCode[code], Integer::sum);
      }
    }
    boolean asked = roles.kinds().get(j) == ColumnKind.CATEGORY;
    if (!asked && filled.length > FEW && 2 * counts.size() > filled.length) {
      return new Dropped(
          "an identifier, " + counts.size() + " different texts in " + filled.length + " rows");
    }
    if (!gaps && counts.size() == 1) {
      return constant(counts.keySet().iterator().next());
    }
    return CategoryEncoder.fit(counts, gaps, options.maxCategories());
  }

  private static Dropped constant(String value) {
    return new Dropped("always " + Quote.plain(value));
  }

  /** Whole numbers that count the rows say nothing, unless nothing else is there. */
  private void dropCounters(List<ColumnUse> uses) {
    for (int j = 0; j < uses.size(); j++) {
      boolean others = uses.stream().filter(FeatureEncoder.class::isInstance).count() > 1;
      if (uses.get(j) instanceof NumberEncoder
          && roles.kinds().get(j) == null
          && others
          && countsRows(table.columns().get(j))) {
        uses.set(j, new Dropped("it counts the rows"));
      }
    }
  }

  private boolean countsRows(Column cells) {
    if (!(cells instanceof Column.Whole whole) || table.size() <= FEW) {
      return false;
    }
    long first = whole.value(0);
    return IntStream.range(0, table.size()).allMatch(row -> whole.value(row) == first + row);
  }

  private void requireFeatures(List<ColumnUse> uses) {
    if (uses.stream().noneMatch(FeatureEncoder.class::isInstance)) {
      StringBuilder reasons = new StringBuilder();
      for (int j = 0; j < uses.size(); j++) {
        if (uses.get(j) instanceof Dropped dropped && reasons.length() < 400) {
          reasons.append("; ").append(table.columnName(j)).append(": ").append(dropped.reason());
        }
      }
      throw new LaminaException(
          table.source()
              + ": no column is left to learn from"
              + reasons
              + "; say what a column is by --column NAME:KIND");
    }
  }
}
