package dev.lamina.tables;

import dev.lamina.host.HostMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBReadableVector;

/** Fills a column row by row. */
sealed interface ColumnBuilder {
  /** Takes the next rows' cells, which are row {@code first} of the table and what follows. */
  void add(DuckDBReadableVector cells, long count, long first);

  Column finish();

  static ColumnBuilder of(PlannedColumn plan, long rows, String source, Arena arena) {
    return switch (plan.type()) {
      case WHOLE, DATE, TIME ->
          new OfWhole(Column.Whole.allocate(arena, plan.type(), rows, source));
      case REAL -> new OfReal(Column.Real.allocate(arena, rows, source));
      case BOOLEAN, TEXT -> new OfText(plan.type(), HostMemory.allocate(arena, 4 * rows, source));
      case NESTED, SKIPPED -> new OfNothing(plan.type());
    };
  }

  /** Whole numbers, dates and times. */
  record OfWhole(Column.Whole column) implements ColumnBuilder {
    @Override
    public void add(DuckDBReadableVector cells, long count, long first) {
      for (long i = 0; i < count; i++) {
        column.set(first + i, cells.getLong(i, Column.Whole.GAP));
      }
    }

    @Override
    public Column finish() {
      return column;
    }
  }

  /** Numbers. */
  record OfReal(Column.Real column) implements ColumnBuilder {
    @Override
    public void add(DuckDBReadableVector cells, long count, long first) {
      for (long i = 0; i < count; i++) {
        column.set(first + i, cells.getDouble(i, Double.NaN));
      }
    }

    @Override
    public Column finish() {
      return column;
    }
  }

  /** Texts: each different one is kept once. */
  final class OfText implements ColumnBuilder {
    private final ColumnType type;
    private final MemorySegment codes;
    private final Map<String, Integer> places = new HashMap<>();
    private final List<String> texts = new ArrayList<>();

    OfText(ColumnType type, MemorySegment codes) {
      this.type = type;
      this.codes = codes;
    }

    @Override
    public void add(DuckDBReadableVector cells, long count, long first) {
      for (long i = 0; i < count; i++) {
        codes.setAtIndex(ValueLayout.JAVA_INT, first + i, code(cells.getString(i)));
      }
    }

    private int code(String text) {
      if (text == null) {
        return Column.Text.GAP;
      }
      Integer place = places.get(text);
      if (place == null) {
        place = texts.size();
        places.put(text, place);
        texts.add(text);
      }
      return place;
    }

    @Override
    public Column finish() {
      return new Column.Text(type, codes, List.copyOf(texts));
    }
  }

  /** A column that is not read. */
  record OfNothing(ColumnType type) implements ColumnBuilder {
    @Override
    public void add(DuckDBReadableVector cells, long count, long first) {}

    @Override
    public Column finish() {
      return new Column.Absent(type);
    }
  }
}
