package dev.lamina.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** A {@link FloatProduct} whose inner loop keeps 6 rows of 2 vectors of sums in registers. */
final class VectorFloatProduct extends FloatProduct {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int V = S.length();

  /** 12 sums hide the latency of multiply-add; with operands they fit into 16 registers. */
  private static final int HEIGHT = 6;

  VectorFloatProduct(GemmProblem problem, Tiling tiling, WorkerPool pool, Scratch[] scratch) {
    super(problem, tiling, pool, scratch);
  }

  @Override
  int panelRows() {
    return HEIGHT;
  }

  @Override
  int panelColumns(int columns) {
    return 2 * V;
  }

  @Override
  void multiply(
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      float[] sums,
      int at,
      int depth,
      int width,
      boolean first) {
    kernel(a, aAt, b, bAt, sums, at, depth, first);
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
