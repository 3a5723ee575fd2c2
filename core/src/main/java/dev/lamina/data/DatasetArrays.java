package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.host.HostMemory;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Data sets from Java arrays, copied. */
final class DatasetArrays {
  private static final String SOURCE = "arrays";

  private DatasetArrays() {}

  static Dataset classification(
      MemorySegment features, int columns, int[] labels, List<String> classNames) {
    TensorType type = type(DType.FP32, features, columns, labels.length, "labels");
    return Dataset.of(
        Schema.classification(columns, requireClasses(classNames)),
        type,
        1,
        copy(features),
        copy(MemorySegment.ofArray(labels)),
        SOURCE);
  }

  static Dataset images(
      byte[] features, int columns, double scale, int[] labels, List<String> classNames) {
    MemorySegment bytes = MemorySegment.ofArray(features);
    TensorType type = type(DType.UINT8, bytes, columns, labels.length, "labels");
    return Dataset.of(
        Schema.classification(columns, requireClasses(classNames)),
        type,
        scale,
        copy(bytes),
        copy(MemorySegment.ofArray(labels)),
        SOURCE);
  }

  static Dataset regression(
      MemorySegment features, int columns, MemorySegment targets, int targetColumns) {
    long n = type(DType.FP32, targets, targetColumns, -1, "targets").shape().extent(0);
    TensorType type = type(DType.FP32, features, columns, n, "rows of targets");
    return Dataset.of(
        Schema.regression(columns, targetColumns), type, 1, copy(features), copy(targets), SOURCE);
  }

  /** Rows of equal length, one after the other. */
  static MemorySegment flat(float[][] rows, String what) {
    if (rows.length == 0 || rows[0].length == 0) {
      throw new LaminaException(
          SOURCE + ": no " + what + "; expected at least one row with one column");
    }
    int columns = rows[0].length;
    MemorySegment flat = HostMemory.allocate(4L * rows.length * columns, SOURCE);
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != columns) {
        throw new LaminaException(
            SOURCE
                + ": row "
                + (i + 1)
                + " of the "
                + what
                + " has "
                + rows[i].length
                + " columns; expected "
                + columns
                + " as in row 1");
      }
      MemorySegment.copy(MemorySegment.ofArray(rows[i]), 0, flat, 4L * i * columns, 4L * columns);
    }
    return flat;
  }

  /** The type of rows of so many columns, of which there must be {@code n}, or any if −1. */
  private static TensorType type(
      DType dtype, MemorySegment data, int columns, long n, String counted) {
    long elements = data.byteSize() / dtype.bytes();
    if (columns < 1 || elements == 0 || elements % columns != 0) {
      throw new LaminaException(
          SOURCE + ": " + elements + " numbers do not make rows of " + columns + " columns");
    }
    long rows = elements / columns;
    if (n >= 0 && rows != n) {
      throw new LaminaException(
          SOURCE
              + ": "
              + rows
              + " rows of features, but "
              + n
              + " "
              + counted
              + "; there must be one for each");
    }
    return TensorType.of(dtype, rows, columns);
  }

  private static List<String> requireClasses(List<String> classNames) {
    if (classNames.isEmpty()) {
      throw new LaminaException(SOURCE + ": no class names; give one for each class number");
    }
    return classNames;
  }

  private static MemorySegment copy(MemorySegment from) {
    return HostMemory.allocate(from.byteSize(), SOURCE).copyFrom(from);
  }
}
