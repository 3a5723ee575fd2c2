package dev.lamina.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A {@link FloatProduct} in loops over arrays that C2 vectorises: eight rows of B are added to a
 * row of sums at once, so that a sum is loaded and stored once for eight multiplications. Every row
 * is an array of its own, because C2 of JDK 25 does not vectorise a loop that reads and writes
 * parts of arrays at different offsets (8 instead of 40 GFLOP/s).
 */
final class PlainFloatProduct extends FloatProduct {
  /** A thread's arrays. */
  static final class Scratch extends Lines {
    private final float[] a = new float[MAX_ROWS * DEPTH];
    private final float[] transposed = new float[MAX_COLUMNS * DEPTH];
    private final float[][] b = new float[DEPTH][MAX_COLUMNS];
    private final float[][] sums = new float[MAX_ROWS][MAX_COLUMNS];
  }

  private final Scratch[] scratch;

  PlainFloatProduct(GemmProblem problem, Tiling tiling, WorkerPool pool, Scratch[] scratch) {
    super(problem, tiling, pool, scratch);
    this.scratch = scratch;
  }

  @Override
  void pack(int slot, int row, int rows, int column, int columns, int k, int depth) {
    packA(slot, row, rows, k, depth, rows, scratch[slot].a);
    MemorySegment source = problem.b();
    float[][] b = scratch[slot].b;
    if (problem.bColumn() == 1) {
      for (int p = 0; p < depth; p++) {
        long at = ((k + p) * problem.bRow() + column) * Float.BYTES;
        MemorySegment.copy(source, JAVA_FLOAT, at, b[p], 0, columns);
      }
    } else {
      float[] panels = scratch[slot].transposed;
      packB(slot, column, columns, k, depth, columns, panels);
      for (int p = 0; p < depth; p++) {
        System.arraycopy(panels, p * columns, b[p], 0, columns);
      }
    }
  }

  @Override
  void multiply(int slot, int rows, int columns, int depth, boolean first) {
    float[] a = scratch[slot].a;
    float[][] b = scratch[slot].b;
    float[][] sums = scratch[slot].sums;
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

  private static void addOne(float x, float[] b, float[] sums, int columns) {
    for (int j = 0; j < columns; j++) {
      sums[j] += x * b[j];
    }
  }

  private static void addEight(
      float[] a,
      int at,
      int step,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float[] b4,
      float[] b5,
      float[] b6,
      float[] b7,
      float[] sums,
      int columns) {
    float x0 = a[at];
    float x1 = a[at + step];
    float x2 = a[at + 2 * step];
    float x3 = a[at + 3 * step];
    float x4 = a[at + 4 * step];
    float x5 = a[at + 5 * step];
    float x6 = a[at + 6 * step];
    float x7 = a[at + 7 * step];
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
  void sums(int slot, int row, int rows, int columns, float[] line) {
    System.arraycopy(scratch[slot].sums[row], 0, line, 0, columns);
  }
}
