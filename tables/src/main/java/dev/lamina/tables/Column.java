package dev.lamina.tables;

import dev.lamina.host.HostMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** The cells of a column in memory. */
sealed interface Column {
  /** What the cells are. */
  ColumnType type();

  /** Whether a cell is a gap. */
  boolean isGap(int row);

  /** A cell as text; not asked for gaps. */
  String text(int row);

  /**
   * Whole numbers, dates and times.
   *
   * @param cells INT64
   */
  record Whole(ColumnType type, MemorySegment cells) implements Column {
    static final long GAP = Long.MIN_VALUE;

    static Whole allocate(Arena arena, ColumnType type, long rows, String source) {
      return new Whole(type, HostMemory.allocate(arena, 8 * rows, source));
    }

    void set(long row, long value) {
      cells.setAtIndex(ValueLayout.JAVA_LONG, row, value);
    }

    long value(int row) {
      return cells.getAtIndex(ValueLayout.JAVA_LONG, row);
    }

    @Override
    public boolean isGap(int row) {
      return value(row) == GAP;
    }

    @Override
    public String text(int row) {
      return Long.toString(value(row));
    }
  }

  /**
   * Numbers.
   *
   * @param cells FP64, NaN for a gap
   */
  record Real(MemorySegment cells) implements Column {
    static Real allocate(Arena arena, long rows, String source) {
      return new Real(HostMemory.allocate(arena, 8 * rows, source));
    }

    @Override
    public ColumnType type() {
      return ColumnType.REAL;
    }

    void set(long row, double value) {
      cells.setAtIndex(ValueLayout.JAVA_DOUBLE, row, value);
    }

    double value(int row) {
      return cells.getAtIndex(ValueLayout.JAVA_DOUBLE, row);
    }

    @Override
    public boolean isGap(int row) {
      return Double.isNaN(value(row));
    }

    @Override
    public String text(int row) {
      return CellText.canonical(Double.toString(value(row)));
    }
  }

  /**
   * Texts and booleans.
   *
   * @param codes INT32: for each row the place of its text, −1 for a gap
   * @param texts each once, in the order of appearance
   */
  record Text(ColumnType type, MemorySegment codes, List<String> texts) implements Column {
    static final int GAP = -1;

    int code(int row) {
      return codes.getAtIndex(ValueLayout.JAVA_INT, row);
    }

    @Override
    public boolean isGap(int row) {
      return code(row) == GAP;
    }

    @Override
    public String text(int row) {
      return texts.get(code(row));
    }
  }

  /**
   * A column of which no cell is in memory.
   *
   * @param type NESTED or SKIPPED
   */
  record Absent(ColumnType type) implements Column {
    @Override
    public boolean isGap(int row) {
      return true;
    }

    @Override
    public String text(int row) {
      return "";
    }
  }

  /** A number of a column of numbers, dates or times; not asked for gaps. */
  static double number(Column column, int row) {
    return switch (column) {
      case Whole whole -> whole.value(row);
      case Real real -> real.value(row);
      case Text text -> Double.parseDouble(text.text(row));
      case Absent absent -> throw new IllegalStateException(absent.type().toString());
    };
  }
}
