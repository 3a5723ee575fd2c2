package dev.lamina.cpu;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** A {@link PackedProduct} of FP64 matrices. */
abstract class DoubleProduct extends PackedProduct {
  /** A thread's arrays; some room beyond the largest tile is for panels that are not full. */
  static final class Scratch {
    private static final int MARGIN = 64;
    final double[] a = new double[(MAX_ROWS + MARGIN) * DEPTH];
    final double[] b = new double[(MAX_COLUMNS + MARGIN) * DEPTH];
    final double[] sums = new double[(MAX_ROWS + MARGIN) * (MAX_COLUMNS + MARGIN)];
    final double[] line = new double[Math.max(DEPTH, MAX_COLUMNS)];
    final double[] other = new double[MAX_COLUMNS];
  }

  final Scratch[] scratch;

  DoubleProduct(GemmProblem problem, Tiling tiling, WorkerPool pool, Scratch[] scratch) {
    super(problem, tiling, pool);
    this.scratch = scratch;
  }

  @Override
  final void packA(int slot, int row, int rows, int k, int depth) {
    Scratch own = scratch[slot];
    long start = row * problem.aRow() + k * problem.aColumn();
    boolean lines = problem.aColumn() == 1;
    long stride = lines ? problem.aRow() : problem.aColumn();
    pack(problem.a(), start, lines, stride, rows, panelRows(), depth, own.line, own.a);
  }

  @Override
  final void packB(int slot, int column, int columns, int k, int depth) {
    Scratch own = scratch[slot];
    long start = k * problem.bRow() + column * problem.bColumn();
    boolean lines = problem.bColumn() != 1;
    long stride = lines ? problem.bColumn() : problem.bRow();
    pack(problem.b(), start, lines, stride, columns, panelColumns(columns), depth, own.line, own.b);
  }

  /**
   * Packs into panels of {@code width} lanes, depth by depth, with zeros for lanes that do not
   * exist.
   *
   * @param along whether the elements of a lane, and not those of a depth, are neighbours
   * @param stride the distance of lanes or of depths, whichever is not 1
   */
  private static void pack(
      MemorySegment source,
      long start,
      boolean along,
      long stride,
      int lanes,
      int width,
      int depth,
      double[] line,
      double[] target) {
    int padded = Math.ceilDiv(lanes, width) * width;
    if (along) {
      for (int lane = 0; lane < padded; lane++) {
        if (lane < lanes) {
          long at = (start + lane * stride) * Double.BYTES;
          MemorySegment.copy(source, JAVA_DOUBLE, at, line, 0, depth);
        } else {
          Arrays.fill(line, 0, depth, 0);
        }
        int to = lane / width * width * depth + lane % width;
        for (int p = 0; p < depth; p++) {
          target[to] = line[p];
          to += width;
        }
      }
    } else {
      for (int p = 0; p < depth; p++) {
        long at = (start + p * stride) * Double.BYTES;
        MemorySegment.copy(source, JAVA_DOUBLE, at, line, 0, lanes);
        for (int lane = 0; lane < lanes; lane += width) {
          int to = (lane * depth) + p * width;
          int count = Math.min(width, lanes - lane);
          System.arraycopy(line, lane, target, to, count);
          Arrays.fill(target, to + count, to + width, 0);
        }
      }
    }
  }

  @Override
  final void multiply(int slot, int a, int b, int sums, int depth, int width, boolean first) {
    Scratch own = scratch[slot];
    multiply(own.a, a, own.b, b, own.sums, sums, depth, width, first);
  }

  /** Multiplies the panels at {@code aAt} and {@code bAt}. */
  abstract void multiply(
      double[] a,
      int aAt,
      double[] b,
      int bAt,
      double[] sums,
      int at,
      int depth,
      int width,
      boolean first);

  @Override
  final void store(int slot, int row, int rows, int column, int columns) {
    Scratch own = scratch[slot];
    int width = panelColumns(columns);
    int panels = Math.ceilDiv(rows, panelRows());
    double[] line = own.line;
    double[] other = own.other;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j += width) {
        int count = Math.min(width, columns - j);
        System.arraycopy(own.sums, sumIndex(i, j, panels, width), line, j, count);
      }
      long at = ((long) (row + i) * problem.n() + column) * Double.BYTES;
      if (problem.alpha() != 1) {
        double alpha = problem.alpha();
        for (int j = 0; j < columns; j++) {
          line[j] *= alpha;
        }
      }
      if (problem.c() != null) {
        MemorySegment.copy(problem.c(), JAVA_DOUBLE, at, other, 0, columns);
        double beta = problem.beta();
        for (int j = 0; j < columns; j++) {
          line[j] += beta * other[j];
        }
      }
      if (problem.bias() != null) {
        long from = (long) column * Double.BYTES;
        MemorySegment.copy(problem.bias(), JAVA_DOUBLE, from, other, 0, columns);
        for (int j = 0; j < columns; j++) {
          line[j] += other[j];
        }
      }
      MemorySegment.copy(line, 0, problem.d(), JAVA_DOUBLE, at, columns);
    }
  }
}
