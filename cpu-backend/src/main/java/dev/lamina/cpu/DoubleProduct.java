package dev.lamina.cpu;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** A {@link PackedProduct} of FP64 matrices. */
abstract class DoubleProduct extends PackedProduct {
  /** How many lanes are packed at once. */
  private static final int GROUP = 8;

  /** A thread's lines for storing and packing. */
  static class Lines {
    final double[] line = new double[Math.max(GROUP * DEPTH, MAX_COLUMNS)];
    final double[] other = new double[MAX_COLUMNS];
  }

  private final Lines[] lines;

  DoubleProduct(GemmProblem problem, Tiling tiling, WorkerPool pool, Lines[] lines) {
    super(problem, tiling, pool);
    this.lines = lines;
  }

  /** Packs rows of A into panels of {@code width} rows. */
  final void packA(int slot, int row, int rows, int k, int depth, int width, double[] target) {
    long start = row * problem.aRow() + k * problem.aColumn();
    boolean along = problem.aColumn() == 1;
    long stride = along ? problem.aRow() : problem.aColumn();
    double[] line = lines[slot].line;
    pack(problem.a(), start, along, stride, rows, width, depth, line, target);
  }

  /** Packs columns of B into panels of {@code width} columns. */
  final void packB(
      int slot, int column, int columns, int k, int depth, int width, double[] target) {
    long start = k * problem.bRow() + column * problem.bColumn();
    boolean along = problem.bColumn() != 1;
    long stride = along ? problem.bColumn() : problem.bRow();
    double[] line = lines[slot].line;
    pack(problem.b(), start, along, stride, columns, width, depth, line, target);
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
      int group;
      for (int lane = 0; lane < padded; lane += group) {
        group = Math.min(GROUP, width - lane % width);
        for (int i = 0; i < group; i++) {
          if (lane + i < lanes) {
            long at = (start + (lane + i) * stride) * Double.BYTES;
            MemorySegment.copy(source, JAVA_DOUBLE, at, line, i * depth, depth);
          } else {
            Arrays.fill(line, i * depth, (i + 1) * depth, 0);
          }
        }
        transpose(line, group, depth, target, lane / width * width * depth + lane % width, width);
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

  /** Several lanes are written together, because their elements share cache lines. */
  private static void transpose(
      double[] line, int group, int depth, double[] target, int to, int width) {
    if (group == GROUP) {
      for (int p = 0; p < depth; p++) {
        target[to] = line[p];
        target[to + 1] = line[p + depth];
        target[to + 2] = line[p + 2 * depth];
        target[to + 3] = line[p + 3 * depth];
        target[to + 4] = line[p + 4 * depth];
        target[to + 5] = line[p + 5 * depth];
        target[to + 6] = line[p + 6 * depth];
        target[to + 7] = line[p + 7 * depth];
        to += width;
      }
    } else {
      for (int p = 0; p < depth; p++) {
        for (int i = 0; i < group; i++) {
          target[to + i] = line[p + i * depth];
        }
        to += width;
      }
    }
  }

  /** Copies a row of the tile's sums. */
  abstract void sums(int slot, int row, int rows, int columns, double[] line);

  @Override
  final void store(int slot, int row, int rows, int column, int columns) {
    double[] line = lines[slot].line;
    double[] other = lines[slot].other;
    for (int i = 0; i < rows; i++) {
      sums(slot, i, rows, columns, line);
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
