package dev.lamina.tables;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds columns that say the class in other words. */
final class TargetLeak {
  /** With fewer rows it may be chance. */
  private static final int FEW = 50;

  private TargetLeak() {}

  /** A note for each column of as many categories as there are classes, one for each. */
  static List<String> notes(
      RawTable table, int target, TargetUse use, List<ColumnUse> uses, int[] rows) {
    List<String> notes = new ArrayList<>();
    if (!(use instanceof TargetUse.Classes classes) || rows.length < FEW) {
      return notes;
    }
    Column labels = table.columns().get(target);
    for (int j = 0; j < uses.size(); j++) {
      boolean discrete =
          uses.get(j) instanceof CategoryEncoder || uses.get(j) instanceof BooleanEncoder;
      if (discrete && isSame(table.columns().get(j), labels, rows, classes.names().size())) {
        notes.add(
            table.columnName(j)
                + ": says the same as the target; if it is not known before, leave it out by"
                + " --drop");
      }
    }
    return notes;
  }

  private static boolean isSame(Column cells, Column labels, int[] rows, int classes) {
    Set<String> values = new HashSet<>();
    Set<List<String>> pairs = new HashSet<>();
    for (int row : rows) {
      String value = cells.isGap(row) ? "" : cells.text(row);
      values.add(value);
      pairs.add(List.of(value, labels.text(row)));
      if (pairs.size() > classes) {
        return false;
      }
    }
    return values.size() == classes && pairs.size() == classes;
  }
}
