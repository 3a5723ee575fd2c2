package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which columns of a file are which.
 *
 * @param features the column of each feature
 * @param target the column of the target, −1 if there is none
 */
record CsvColumns(int[] features, int target) {
  static final int NONE = -1;

  /** The columns of a file to learn from: all but the target are features. */
  static CsvColumns toLearn(CsvTable table, CsvOptions options) {
    if (table.columns() < 2) {
      throw new LaminaException(
          table.file()
              + ": one column; expected features and a target, separated by commas, semicolons or"
              + " tabs");
    }
    int target = options.target() == null ? table.columns() - 1 : named(table, options.target());
    return new CsvColumns(allBut(table, target), target);
  }

  /** The columns of a file that a model asks for. */
  static CsvColumns forModel(
      CsvTable table, CsvOptions options, Schema model, boolean needsTarget) {
    return table.hasNames() && model.isNamed()
        ? byName(table, options, model, needsTarget)
        : byPosition(table, options, model, needsTarget);
  }

  private static CsvColumns byName(
      CsvTable table, CsvOptions options, Schema model, boolean needsTarget) {
    int[] features =
        model.featureNames().stream()
            .mapToInt(name -> {
              int column = table.names().indexOf(name);
              if (column < 0) {
                throw missing(table, "feature", name);
              }
              return column;
            })
            .toArray();
    int target = NONE;
    if (options.target() != null && needsTarget) {
      target = named(table, options.target());
    } else if (!model.targetNames().isEmpty()) {
      target = table.names().indexOf(model.targetNames().getFirst());
    }
    if (target == NONE && needsTarget) {
      throw missing(table, "target", model.targetNames().getFirst());
    }
    return new CsvColumns(features, target);
  }

  private static LaminaException missing(CsvTable table, String kind, String name) {
    return new LaminaException(
        table.file()
            + ": the model's "
            + kind
            + " "
            + Quote.of(name)
            + " is not among the columns "
            + Quote.list(table.names())
            + Nearest.suggestion(name, table.names()));
  }

  private static CsvColumns byPosition(
      CsvTable table, CsvOptions options, Schema model, boolean needsTarget) {
    int f = model.features();
    if (table.columns() == f && !needsTarget) {
      return new CsvColumns(IntStream.range(0, f).toArray(), NONE);
    }
    if (table.columns() != f + 1) {
      throw new LaminaException(
          table.file()
              + ": "
              + table.columns()
              + (table.columns() == 1 ? " column" : " columns")
              + "; the model expects "
              + f
              + (f == 1 ? " feature" : " features")
              + (needsTarget ? " and the target" : ", and the target or not"));
    }
    int target;
    if (options.target() != null) {
      target = named(table, options.target());
    } else if (model.targetColumn() == Schema.LAST || model.targetColumn() > f + 1) {
      target = f;
    } else {
      target = model.targetColumn() - 1;
    }
    return new CsvColumns(allBut(table, target), target);
  }

  /** The column by this name or, if there is none, at this position. */
  private static int named(CsvTable table, String target) {
    int column = table.names().indexOf(target.strip());
    if (column >= 0) {
      return column;
    }
    int columns = table.columns();
    if (!target.strip().matches("[+-]?\\d{1,9}")) {
      throw new LaminaException(
          table.file()
              + ": there is no column "
              + Quote.of(target)
              + "; "
              + (table.hasNames()
                  ? "the columns are " + Quote.list(table.names())
                  : "its columns have no names, so give a position from 1 to " + columns)
              + Nearest.suggestion(target, table.names()));
    }
    int position = Integer.parseInt(target.strip());
    if (position == 0 || position > columns || position < -columns) {
      throw new LaminaException(
          table.file()
              + ": there is no column "
              + position
              + "; there are 1 to "
              + columns
              + ", or -1 to "
              + -columns
              + " from the end");
    }
    return position > 0 ? position - 1 : columns + position;
  }

  private static int[] allBut(CsvTable table, int target) {
    return IntStream.range(0, table.columns()).filter(j -> j != target).toArray();
  }

  /** The names of the features, empty if the file has none. */
  List<String> featureNames(CsvTable table) {
    return table.hasNames()
        ? IntStream.of(features).mapToObj(j -> table.names().get(j)).toList()
        : List.of();
  }
}
