package dev.lamina.cpu;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;

/** The sums of a matrix's columns, rows in order: how partial sums are put together. */
record SumRowsTask(DType dtype, MemorySegment parts, int rows, int columns, MemorySegment sums)
    implements Task {
  private static final int COLUMNS_PER_CHUNK = 2048;

  @Override
  public int chunks() {
    return Math.ceilDiv(columns, COLUMNS_PER_CHUNK);
  }

  @Override
  public void run(int chunk) {
    int from = chunk * COLUMNS_PER_CHUNK;
    int to = Math.min(columns, from + COLUMNS_PER_CHUNK);
    for (int j = from; j < to; j++) {
      double sum = 0;
      for (int row = 0; row < rows; row++) {
        long at = (long) row * columns + j;
        sum +=
            dtype == DType.FP32
                ? parts.getAtIndex(JAVA_FLOAT_UNALIGNED, at)
                : parts.getAtIndex(JAVA_DOUBLE_UNALIGNED, at);
      }
      if (dtype == DType.FP32) {
        sums.setAtIndex(JAVA_FLOAT_UNALIGNED, j, (float) sum);
      } else {
        sums.setAtIndex(JAVA_DOUBLE_UNALIGNED, j, sum);
      }
    }
  }
}
