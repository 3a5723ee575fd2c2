package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.data.Nearest;
import java.util.List;
import java.util.stream.IntStream;

/** Columns by name or position. */
final class ColumnNames {
  private ColumnNames() {}

  /** The names of columns that have none. */
  static List<String> numbered(int columns) {
    return IntStream.rangeClosed(1, columns).mapToObj(j -> "column" + j).toList();
  }

  /** A column in messages: its number, counted from 1, and its name if it has one. */
  static String shown(int column, String name, boolean named) {
    return "column " + (column + 1) + (named ? " (" + Quote.of(name) + ")" : "");
  }

  /**
   * The column by this name or, if there is none, at this position.
   *
   * @param source what has the columns, for messages
   */
  static int find(String source, List<String> names, boolean named, String wanted) {
    int column = names.indexOf(wanted.strip());
    if (column >= 0) {
      return column;
    }
    if (!wanted.strip().matches("[+-]?\\d{1,9}")) {
      throw new LaminaException(
          source
              + ": there is no column "
              + Quote.of(wanted)
              + "; "
              + (named
                  ? "the columns are " + Quote.list(names)
                  : "its columns have no names, so give a position from 1 to " + names.size())
              + Nearest.suggestion(wanted, names));
    }
    int position = Integer.parseInt(wanted.strip());
    if (position == 0 || Math.abs(position) > names.size()) {
      throw new LaminaException(
          source
              + ": there is no column "
              + position
              + "; there are 1 to "
              + names.size()
              + ", or -1 to "
              + -names.size()
              + " from the end");
    }
    return position > 0 ? position - 1 : names.size() + position;
  }
}
