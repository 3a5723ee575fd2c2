package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.data.CsvOptions.Header;
import dev.lamina.data.CsvOptions.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How a table is read and prepared. {@link #defaults()} finds everything out. Columns are named by
 * their names or by positions counted from 1 or, if negative, from the end.
 *
 * <p>Immutable: any thread may use it.
 *
 * @param target the column to learn, null for the last one
 * @param task whether the target is a class or a number
 * @param header whether the first line of a CSV file holds names
 * @param kinds what columns are, where it is not to be found out
 * @param dropped columns to leave out
 * @param identifiers columns that are no features but are carried into predictions
 * @param gaps further cells that count as gaps, as {@code -} or {@code unknown}; upper and lower
 *     case are alike
 * @param missing what happens to gaps
 * @param maxCategories how many columns of 0 and 1 a category gets at most: where there are more
 *     categories, the rarer ones share the last
 */
public record TableOptions(
    String target,
    Task task,
    Header header,
    Map<String, ColumnKind> kinds,
    List<String> dropped,
    List<String> identifiers,
    List<String> gaps,
    MissingValues missing,
    int maxCategories) {
  /** The usual limit of categories. */
  public static final int MAX_CATEGORIES = 64;

  private static final TableOptions DEFAULTS =
      new TableOptions(
          null,
          Task.AUTO,
          Header.AUTO,
          Map.of(),
          List.of(),
          List.of(),
          List.of(),
          MissingValues.IMPUTE,
          MAX_CATEGORIES);

  /** Copies the lists and checks the limit. */
  public TableOptions {
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(header, "header");
    Objects.requireNonNull(missing, "missing");
    kinds = Collections.unmodifiableMap(new LinkedHashMap<>(kinds));
    dropped = List.copyOf(dropped);
    identifiers = List.copyOf(identifiers);
    gaps = List.copyOf(gaps);
    if (maxCategories < 2 || maxCategories > 10_000) {
      throw new LaminaException(
          "at most " + maxCategories + " categories: expected a number from 2 to 10000");
    }
  }

  /** All is found out; the target is the last column. */
  public static TableOptions defaults() {
    return DEFAULTS;
  }

  /** All is found out but the target. */
  public static TableOptions target(String column) {
    return DEFAULTS.withTarget(column);
  }

  /** These options with another target. */
  public TableOptions withTarget(String column) {
    return new TableOptions(
        column, task, header, kinds, dropped, identifiers, gaps, missing, maxCategories);
  }

  /** These options with a word on the task. */
  public TableOptions withTask(Task word) {
    return new TableOptions(
        target, word, header, kinds, dropped, identifiers, gaps, missing, maxCategories);
  }

  /** These options with a word on the first line. */
  public TableOptions withHeader(Header word) {
    return new TableOptions(
        target, task, word, kinds, dropped, identifiers, gaps, missing, maxCategories);
  }

  /** These options and what this column is. */
  public TableOptions withKind(String column, ColumnKind kind) {
    Map<String, ColumnKind> more = new LinkedHashMap<>(kinds);
    more.put(column, kind);
    return new TableOptions(
        target, task, header, more, dropped, identifiers, gaps, missing, maxCategories);
  }

  /** These options without this column. */
  public TableOptions withDropped(String column) {
    return new TableOptions(
        target,
        task,
        header,
        kinds,
        and(dropped, column),
        identifiers,
        gaps,
        missing,
        maxCategories);
  }

  /** These options with a column that is carried into predictions. */
  public TableOptions withIdentifier(String column) {
    return new TableOptions(
        target,
        task,
        header,
        kinds,
        dropped,
        and(identifiers, column),
        gaps,
        missing,
        maxCategories);
  }

  /** These options with one more word for a gap. */
  public TableOptions withGap(String cell) {
    return new TableOptions(
        target, task, header, kinds, dropped, identifiers, and(gaps, cell), missing, maxCategories);
  }

  /** These options with a word on gaps. */
  public TableOptions withMissing(MissingValues word) {
    return new TableOptions(
        target, task, header, kinds, dropped, identifiers, gaps, word, maxCategories);
  }

  /** These options with another limit of categories. */
  public TableOptions withMaxCategories(int most) {
    return new TableOptions(target, task, header, kinds, dropped, identifiers, gaps, missing, most);
  }

  private static List<String> and(List<String> some, String more) {
    List<String> all = new ArrayList<>(some);
    all.add(more);
    return all;
  }
}
