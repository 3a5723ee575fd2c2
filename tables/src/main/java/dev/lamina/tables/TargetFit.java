package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.data.CsvOptions.Task;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Whether a target is a class or a number, by the rule of {@link Task}. */
final class TargetFit {
  private static final int FEW = 20;
  private static final int MANY = 100;

  private TargetFit() {}

  /**
   * Looks at a target.
   *
   * @param rows those with a target
   */
  static TargetUse fit(RawTable table, int target, Task task, int[] rows) {
    Column cells = table.columns().get(target);
    return switch (cells) {
      case Column.Absent absent -> throw new IllegalStateException(absent.toString());
      case Column.Real real -> number(cells, rows);
      case Column.Whole whole -> {
        if (whole.type() != ColumnType.WHOLE) {
          throw new LaminaException(
              table.source()
                  + ": "
                  + table.columnName(target)
                  + ": a date or a time cannot be learned; make a number of it by sql:SELECT, or"
                  + " choose another target");
        }
        yield task == Task.AUTO && isClass(whole, rows)
            ? classes(table, target, rows)
            : number(cells, rows);
      }
      case Column.Text text -> {
        TargetUse.Classes classes = classes(table, target, rows);
        if (task == Task.AUTO && rows.length > FEW && 2L * classes.names().size() > rows.length) {
          throw new LaminaException(
              table.source()
                  + ": "
                  + table.columnName(target)
                  + ": "
                  + classes.names().size()
                  + " different texts in "
                  + rows.length
                  + " rows do not look like classes; choose another target column, or say"
                  + " --task classification");
        }
        yield classes;
      }
    };
  }

  /** Few different whole numbers, most of which repeat. */
  private static boolean isClass(Column.Whole cells, int[] rows) {
    TreeSet<Long> values = new TreeSet<>();
    for (int row : rows) {
      values.add(cells.value(row));
      if (values.size() > MANY) {
        return false;
      }
    }
    int k = values.size();
    boolean countsThrough =
        (values.first() == 0 || values.first() == 1) && values.last() - values.first() == k - 1;
    return k >= 2 && (k <= FEW || countsThrough) && 2L * k <= rows.length;
  }

  private static TargetUse number(Column cells, int[] rows) {
    double[] values = IntStream.of(rows).mapToDouble(row -> Column.number(cells, row)).toArray();
    return new TargetUse.Number(
        IntStream.range(0, values.length).mapToDouble(i -> values[i]).min().orElseThrow(),
        IntStream.range(0, values.length).mapToDouble(i -> values[i]).max().orElseThrow());
  }

  private static TargetUse.Classes classes(RawTable table, int target, int[] rows) {
    Column cells = table.columns().get(target);
    Set<String> names = new LinkedHashSet<>();
    for (int row : rows) {
      names.add(CellText.canonical(cells.text(row)));
    }
    if (names.size() < 2) {
      throw new LaminaException(
          table.source()
              + ": "
              + table.columnName(target)
              + ": every row has the class "
              + Quote.of(names.iterator().next())
              + ", so there is nothing to learn; choose another target column");
    }
    return new TargetUse.Classes(
        List.copyOf(names.stream().sorted(CategoryEncoder.ORDER).toList()));
  }
}
