package dev.lamina.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** A {@link FloatProduct} whose inner loop keeps 6 rows of 2 vectors of sums in registers. */
final class VectorFloatProduct extends FloatProduct {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int V = S.length();

  /** 12 sums hide the latency of multiply-add; with operands they fit into 16 registers. */
  private static final int HEIGHT = 6;

  private static final int WIDTH = 2 * V;

  /** A thread's arrays; some room beyond the largest tile is for panels that are not full. */
  static final class Scratch extends Lines {
    private static final int ROWS = Math.ceilDiv(MAX_ROWS, HEIGHT) * HEIGHT;
    private static final int COLUMNS = Math.ceilDiv(MAX_COLUMNS, WIDTH) * WIDTH;
    private final float[] a = new float[ROWS * DEPTH];
    private final float[] b = new float[COLUMNS * DEPTH];
    private final float[] sums = new float[ROWS * COLUMNS];
  }

  private final Scratch[] scratch;

  VectorFloatProduct(GemmProblem problem, Tiling tiling, WorkerPool pool, Scratch[] scratch) {
    super(problem, tiling, pool, scratch);
    this.scratch = scratch;
  }

  @Override
  void pack(int slot, int row, int rows, int column, int columns, int k, int depth) {
    packA(slot, row, rows, k, depth, HEIGHT, scratch[slot].a);
    packB(slot, column, columns, k, depth, WIDTH, scratch[slot].b);
  }

  @Override
  void multiply(int slot, int rows, int columns, int depth, boolean first) {
    Scratch own = scratch[slot];
    int sums = 0;
    for (int j = 0; j < columns; j += WIDTH) {
      for (int i = 0; i < rows; i += HEIGHT) {
        kernel(own.a, i * depth, own.b, j * depth, own.sums, sums, depth, first);
        sums += HEIGHT * WIDTH;
      }
    }
  }

  @Override
  void sums(int slot, int row, int rows, int columns, float[] line) {
    int panels = Math.ceilDiv(rows, HEIGHT);
    for (int j = 0; j < columns; j += WIDTH) {
      int panel = j / WIDTH * panels + row / HEIGHT;
      int at = (panel * HEIGHT + row % HEIGHT) * WIDTH;
      System.arraycopy(scratch[slot].sums, at, line, j, Math.min(WIDTH, columns - j));
    }
  }

  private static void kernel(
      float[] a, int aAt, float[] b, int bAt, float[] sums, int at, int depth, boolean first) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector s00 = first ? zero : FloatVector.fromArray(S, sums, at);
    FloatVector s01 = first ? zero : FloatVector.fromArray(S, sums, at + V);
    FloatVector s10 = first ? zero : FloatVector.fromArray(S, sums, at + 2 * V);
    FloatVector s11 = first ? zero : FloatVector.fromArray(S, sums, at + 3 * V);
    FloatVector s20 = first ? zero : FloatVector.fromArray(S, sums, at + 4 * V);
    FloatVector s21 = first ? zero : FloatVector.fromArray(S, sums, at + 5 * V);
    FloatVector s30 = first ? zero : FloatVector.fromArray(S, sums, at + 6 * V);
    FloatVector s31 = first ? zero : FloatVector.fromArray(S, sums, at + 7 * V);
    FloatVector s40 = first ? zero : FloatVector.fromArray(S, sums, at + 8 * V);
    FloatVector s41 = first ? zero : FloatVector.fromArray(S, sums, at + 9 * V);
    FloatVector s50 = first ? zero : FloatVector.fromArray(S, sums, at + 10 * V);
    FloatVector s51 = first ? zero : FloatVector.fromArray(S, sums, at + 11 * V);
    for (int p = 0; p < depth; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bAt);
      FloatVector b1 = FloatVector.fromArray(S, b, bAt + V);
      FloatVector x = FloatVector.broadcast(S, a[aAt]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      x = FloatVector.broadcast(S, a[aAt + 1]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      x = FloatVector.broadcast(S, a[aAt + 2]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      x = FloatVector.broadcast(S, a[aAt + 3]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      x = FloatVector.broadcast(S, a[aAt + 4]);
      s40 = x.fma(b0, s40);
      s41 = x.fma(b1, s41);
      x = FloatVector.broadcast(S, a[aAt + 5]);
      s50 = x.fma(b0, s50);
      s51 = x.fma(b1, s51);
      aAt += HEIGHT;
      bAt += 2 * V;
    }
    s00.intoArray(sums, at);
    s01.intoArray(sums, at + V);
    s10.intoArray(sums, at + 2 * V);
    s11.intoArray(sums, at + 3 * V);
    s20.intoArray(sums, at + 4 * V);
    s21.intoArray(sums, at + 5 * V);
    s30.intoArray(sums, at + 6 * V);
    s31.intoArray(sums, at + 7 * V);
    s40.intoArray(sums, at + 8 * V);
    s41.intoArray(sums, at + 9 * V);
    s50.intoArray(sums, at + 10 * V);
    s51.intoArray(sums, at + 11 * V);
  }
}
