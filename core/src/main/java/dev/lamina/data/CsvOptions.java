package dev.lamina.data;

import dev.lamina.LaminaException;
import java.util.Objects;

/**
 * How to read a CSV file. {@link #defaults()} finds everything out by itself.
 *
 * @param target the column to learn: its name, or its position counted from 1 or, if negative, from
 *     the end; null for the last, or for the model's
 * @param header whether the first line holds names
 * @param separator what stands between cells, null to find out among tab, semicolon and comma
 * @param task whether the target is a class or a real number
 */
public record CsvOptions(String target, Header header, Character separator, Task task) {
  private static final CsvOptions DEFAULTS = new CsvOptions(null, Header.AUTO, null, Task.AUTO);

  /** Whether the first line holds the columns' names. */
  public enum Header {
    /**
     * It does if some of its cells are names where those below are numbers, and any that are
     * numbers are whole and ascend, as the names that tables without names get. Beside numbers,
     * {@code NA} and {@code 3x} are no names but gaps and slips; where all cells above numbers are
     * of that kind, the file is refused. In a file of one line, if no cell is a number.
     */
    AUTO,
    /** It does. */
    PRESENT,
    /** It holds data. */
    ABSENT
  }

  /** What kind of target to learn. */
  public enum Task {
    /**
     * Classes if some cell is not a number, or if all are whole, few differ and most repeat: at
     * most 20 different ones, or at most 100 that count through from 0 or 1, each on average at
     * least twice. Real numbers otherwise.
     */
    AUTO,
    /** Each different cell is a class. */
    CLASSIFICATION,
    /** Cells are real numbers. */
    REGRESSION
  }

  /** Checks that the separator is one. */
  public CsvOptions {
    Objects.requireNonNull(header, "header");
    Objects.requireNonNull(task, "task");
    if (separator != null && "\"\r\n".indexOf(separator) >= 0) {
      throw new LaminaException(
          "a quote or a line break cannot separate CSV cells; use a comma, semicolon or tab");
    }
  }

  /** Everything is found out from the file; the target is the last column. */
  public static CsvOptions defaults() {
    return DEFAULTS;
  }

  /** These options with another target column. */
  public CsvOptions withTarget(String column) {
    return new CsvOptions(column, header, separator, task);
  }

  /** These options with a word on the header. */
  public CsvOptions withHeader(Header presence) {
    return new CsvOptions(target, presence, separator, task);
  }

  /** These options with this separator. */
  public CsvOptions withSeparator(char between) {
    return new CsvOptions(target, header, between, task);
  }

  /** These options with a word on the task. */
  public CsvOptions withTask(Task kind) {
    return new CsvOptions(target, header, separator, kind);
  }
}
