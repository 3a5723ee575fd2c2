package dev.lamina.cpu;

import dev.lamina.type.DType;

/**
 * A formula on rectangles of a matrix and the sums of its result's columns there, a few rows after
 * the other, so that the sums find them in the nearest cache.
 *
 * @param formula computes z
 * @param z the formula's result
 * @param vectors whether the Vector API may be used
 */
record ColumnSums(FormulaTask formula, Buffer z, boolean vectors) {
  /** Rows computed before they are added: of 1 KiB, with two operands, half of a nearest cache. */
  private static final int ROWS = 8;

  /**
   * Does a rectangle whose first element is {@code at}.
   *
   * @param sums where the sums go, from element {@code to} on
   */
  void run(long at, int rows, int columns, Buffer sums, long to) {
    if (vectors && z.type().dtype() == DType.FP32) {
      inVectors(at, rows, columns, sums, to);
    } else {
      plainly(at, rows, columns, sums, to);
    }
  }

  private void inVectors(long at, int rows, int columns, Buffer sums, long to) {
    long pitch = z.type().shape().columns();
    VectorColumns.clear(sums.segment(), 4 * to, columns);
    for (int i = 0; i < rows; i += ROWS) {
      int height = Math.min(ROWS, rows - i);
      long first = at + i * pitch;
      formula.run(first, height, columns, pitch);
      VectorColumns.add(z.segment(), 4 * first, columns, height, 4 * pitch, sums.segment(), 4 * to);
    }
  }

  private void plainly(long at, int rows, int columns, Buffer sums, long to) {
    long pitch = z.type().shape().columns();
    double[] total = new double[columns];
    for (int i = 0; i < rows; i++) {
      long first = at + i * pitch;
      formula.run(first, 1, columns, pitch);
      Scratch scratch = Scratch.get(columns);
      scratch.load(z, first, columns, scratch.a);
      PlainReductions.add(total, scratch.a, columns);
    }
    Scratch.get(columns).store(total, columns, sums, to);
  }
}
