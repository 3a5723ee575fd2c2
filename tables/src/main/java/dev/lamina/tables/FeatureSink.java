package dev.lamina.tables;

import dev.lamina.Quote;
import dev.lamina.host.HostMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** FP32 features, row-major, as they are written column by column, and what was odd about them. */
final class FeatureSink {
  private static final int EXAMPLES = 3;

  private final RawTable table;
  private final long width;
  private final MemorySegment features;
  private final List<String> notes = new ArrayList<>();
  private final Set<String> unknown = new LinkedHashSet<>();
  private int column;
  private int unknownRows;
  private int newGaps;

  FeatureSink(RawTable table, int rows, int width, Arena arena) {
    this.table = table;
    this.width = width;
    features = HostMemory.allocate(arena, 4L * rows * width, table.source());
  }

  /** The cells that follow are of this column. */
  void begin(int columnOfTable) {
    column = columnOfTable;
    unknown.clear();
    unknownRows = 0;
    newGaps = 0;
  }

  /** The column is over. */
  void end() {
    if (unknownRows > 0) {
      notes.add(
          table.columnName(column)
              + ": "
              + counted(unknownRows, "row has a category", "rows have categories")
              + " that training did not see, such as "
              + String.join(", ", unknown)
              + "; treated as unknown");
    }
    if (newGaps > 0) {
      notes.add(
          table.columnName(column)
              + ": "
              + counted(newGaps, "gap", "gaps")
              + " where training had none; filled as training says");
    }
  }

  private static String counted(int count, String one, String many) {
    return count + " " + (count == 1 ? one : many);
  }

  /** Writes feature j of sample i. */
  void put(int i, int j, float value) {
    features.setAtIndex(ValueLayout.JAVA_FLOAT, i * width + j, value);
  }

  /** Writes feature j of sample i, which is row {@code row} of the table. */
  void put(int i, int j, double value, int row, double cell) {
    float rounded = (float) value;
    if (!Float.isFinite(rounded)) {
      throw table.error(
          row,
          column,
          cell + " lies too far from what the model was trained on; mend it or leave the row out");
    }
    put(i, j, rounded);
  }

  /** A category that training did not see. */
  void unknown(String category) {
    unknownRows++;
    if (unknown.size() < EXAMPLES) {
      unknown.add(Quote.of(category));
    }
  }

  /**
   * Tells of sample i whether its cell is a gap: by feature j where training had gaps, else gaps
   * are counted.
   */
  void gap(int i, int j, boolean gap, boolean flagged) {
    if (flagged) {
      put(i, j, gap ? 1 : 0);
    } else if (gap) {
      newGap();
    }
  }

  /** A gap in a column in which training had none. */
  void newGap() {
    newGaps++;
  }

  MemorySegment features() {
    return features;
  }

  List<String> notes() {
    return notes;
  }
}
