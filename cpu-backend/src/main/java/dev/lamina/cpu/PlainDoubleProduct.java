package dev.lamina.cpu;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A {@link DoubleProduct} in loops over arrays that C2 vectorises: eight rows of B are added to a
 * row of sums at once, so that a sum is loaded and stored once for eight multiplications. Every row
 * is an array of its own, because C2 of JDK 25 does not vectorise a loop that reads and writes
 * parts of arrays at different offsets.
 */
final class PlainDoubleProduct extends DoubleProduct {
  /** A thread's arrays. */
  static final class Scratch extends Lines {
    private final double[] a = new double[MAX_ROWS * DEPTH];
    private final double[] transposed = new double[MAX_COLUMNS * DEPTH];
    private final double[][] b = new double[DEPTH][MAX_COLUMNS];
    private final double[][] sums = new double[MAX_ROWS][MAX_COLUMNS];
  }

  private final Scratch[] scratch;

  PlainDoubleProduct(GemmProblem problem, Tiling tiling, WorkerPool pool, Scratch[] scratch) {
    super(problem, tiling, pool, scratch);
    this.scratch = scratch;
  }

  @Override
  void pack(int slot, int row, int rows, int column, int columns, int k, int depth) {
    packA(slot, row, rows, k, depth, rows, scratch[slot].a);
    MemorySegment source = problem.b();
    double[][] b = scratch[slot].b;
    if (problem.bColumn() == 1) {
      for (int p = 0; p < depth; p++) {
        long at = ((k + p) * problem.bRow() + column) * Double.BYTES;
        MemorySegment.copy(source, JAVA_DOUBLE, at, b[p], 0, columns);
      }
    } else {
      double[] panels = scratch[slot].transposed;
      packB(slot, column, columns, k, depth, columns, panels);
      for (int p = 0; p < depth; p++) {
        System.arraycopy(panels, p * columns, b[p], 0, columns);
      }
    }
  }

  @Override
  void multiply(int slot, int rows, int columns, int depth, boolean first) {
    double[] a = scratch[slot].a;
    double[][] b = scratch[slot].b;
    double[][] sums = scratch[slot].sums;
    if (first) {
      for (int row = 0; row < rows; row++) {
        Arrays.fill(sums[row], 0, columns, 0);
      }
    }
    int p = 0;
    for (; p + 8 <= depth; p += 8) {
      for (int row = 0; row < rows; row++) {
        addEight(
            a,
            p * rows + row,
            rows,
            b[p],
            b[p + 1],
            b[p + 2],
            b[p + 3],
            b[p + 4],
            b[p + 5],
            b[p + 6],
            b[p + 7],
            sums[row],
            columns);
      }
    }
    for (; p < depth; p++) {
      for (int row = 0; row < rows; row++) {
        addOne(a[p * rows + row], b[p], sums[row], columns);
      }
    }
  }

  private static void addOne(double x, double[] b, double[] sums, int columns) {
    for (int j = 0; j < columns; j++) {
      sums[j] += x * b[j];
    }
  }

  private static void addEight(
      double[] a,
      int at,
      int step,
      double[] b0,
      double[] b1,
      double[] b2,
      double[] b3,
      double[] b4,
      double[] b5,
      double[] b6,
      double[] b7,
      double[] sums,
      int columns) {
    double x0 = a[at];
    double x1 = a[at + step];
    double x2 = a[at + 2 * step];
    double x3 = a[at + 3 * step];
    double x4 = a[at + 4 * step];
    double x5 = a[at + 5 * step];
    double x6 = a[at + 6 * step];
    double x7 = a[at + 7 * step];
    for (int j = 0; j < columns; j++) {
      sums[j] +=
          x0 * b0[j]
              + x1 * b1[j]
              + x2 * b2[j]
              + x3 * b3[j]
              + x4 * b4[j]
              + x5 * b5[j]
              + x6 * b6[j]
              + x7 * b7[j];
    }
  }

  @Override
  void sums(int slot, int row, int rows, int columns, double[] line) {
    System.arraycopy(scratch[slot].sums[row], 0, line, 0, columns);
  }
}
