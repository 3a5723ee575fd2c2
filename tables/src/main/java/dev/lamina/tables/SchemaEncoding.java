package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.data.Dataset;
import dev.lamina.host.HostMemory;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Makes samples of the rows of a table. */
final class SchemaEncoding {
  private SchemaEncoding() {}

  /** Samples of a table that is read for a model; rows without a target are left out. */
  static TableRows later(
      TableSchema schema, RawTable table, SchemaBinding binding, boolean hasTarget, Arena arena) {
    List<String> notes = new ArrayList<>(table.notes());
    int target = hasTarget ? binding.place(schema.target()) : -1;
    int[] rows = hasTarget ? knownRows(table, target, notes) : all(table);
    Dataset data = encode(schema, table, binding, target, rows, notes, arena);
    List<TableRows.CarriedColumn> carried = new ArrayList<>();
    for (int j = 0; j < schema.columns().size(); j++) {
      if (schema.columns().get(j).use() instanceof ColumnUse.Carried) {
        Column column = table.columns().get(binding.place(j));
        List<String> cells =
            IntStream.of(rows).mapToObj(row -> column.isGap(row) ? "" : column.text(row)).toList();
        carried.add(new TableRows.CarriedColumn(schema.columns().get(j).name(), cells));
      }
    }
    return new TableRows(data, carried, List.copyOf(notes));
  }

  static int[] all(RawTable table) {
    return IntStream.range(0, table.size()).toArray();
  }

  /** The rows whose target is known. */
  static int[] knownRows(RawTable table, int target, List<String> notes) {
    Column cells = table.columns().get(target);
    if (cells instanceof Column.Absent) {
      throw new LaminaException(
          table.source()
              + ": "
              + table.columnName(target)
              + ": cells that are no single values cannot be learned; choose another target");
    }
    int[] rows = IntStream.range(0, table.size()).filter(row -> !cells.isGap(row)).toArray();
    int dropped = table.size() - rows.length;
    if (rows.length == 0) {
      throw new LaminaException(
          table.source() + ": " + table.columnName(target) + ": the target is empty in all rows");
    }
    if (dropped > 0) {
      notes.add(
          table.columnName(target)
              + ": the target is missing in "
              + dropped
              + (dropped == 1 ? " row, which is" : " rows, which are")
              + " left out");
    }
    return rows;
  }

  /**
   * Samples of some rows.
   *
   * @param target the column of the target, −1 for none
   */
  static Dataset encode(
      TableSchema schema,
      RawTable table,
      SchemaBinding binding,
      int target,
      int[] rows,
      List<String> notes,
      Arena arena) {
    int width = schema.schema().features();
    FeatureSink sink = new FeatureSink(table, rows.length, width, arena);
    int at = 0;
    for (int j = 0; j < schema.columns().size(); j++) {
      SchemaColumn column = schema.columns().get(j);
      if (column.use() instanceof FeatureEncoder encoder) {
        int place = binding.place(j);
        Column cells = table.columns().get(place);
        if (schema.missing() == MissingValues.REFUSE) {
          requireNoGaps(table, place, rows);
        }
        sink.begin(place);
        encoder.encode(cells, rows, sink, at);
        sink.end();
        at += encoder.features(column.name()).size();
      }
    }
    notes.addAll(sink.notes());
    MemorySegment targets = target < 0 ? null : targets(schema, table, target, rows, notes, arena);
    TensorType type = TensorType.of(DType.FP32, rows.length, width);
    return Dataset.of(schema.schema(), type, 1, sink.features(), targets, table.source());
  }

  static void requireNoGaps(RawTable table, int column, int[] rows) {
    Column cells = table.columns().get(column);
    for (int row : rows) {
      if (cells.isGap(row)) {
        throw table.error(
            row,
            column,
            "the cell is a gap, and gaps are refused; fill it, leave the row out, or train with"
                + " --missing impute");
      }
    }
  }

  private static MemorySegment targets(
      TableSchema schema, RawTable table, int target, int[] rows, List<String> notes, Arena arena) {
    MemorySegment targets = HostMemory.allocate(arena, 4L * rows.length, table.source());
    switch (schema.targetUse()) {
      case TargetUse.Classes classes -> {
        int[] labels = classes.labels(table, target, rows, notes);
        MemorySegment.copy(labels, 0, targets, ValueLayout.JAVA_INT, 0, labels.length);
      }
      case TargetUse.Number number -> {
        Column cells = table.columns().get(target);
        for (int i = 0; i < rows.length; i++) {
          float value = (float) Column.number(cells, rows[i]);
          if (Float.isInfinite(value)) {
            throw table.error(
                rows[i], target, "too large for a 32-bit float; scale the column down");
          }
          targets.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
      }
    }
    return targets;
  }
}
