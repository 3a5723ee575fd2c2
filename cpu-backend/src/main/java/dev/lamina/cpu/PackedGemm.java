package dev.lamina.cpu;

import dev.lamina.type.DType;
import java.util.Arrays;

/** FP32 and FP64 products in Java: with the Vector API, or plain. */
final class PackedGemm implements GemmRung {
  private final WorkerPool pool;
  private final boolean vector;
  private FloatProduct.Scratch[] singles;
  private DoubleProduct.Scratch[] doubles;

  /**
   * A rung for a pool.
   *
   * @param vector whether to use the Vector API, whose module must be there
   */
  PackedGemm(WorkerPool pool, boolean vector) {
    this.pool = pool;
    this.vector = vector;
  }

  @Override
  public String name() {
    return vector ? "vector" : "plain";
  }

  @Override
  public Tiling tiling(GemmProblem p) {
    return Tiling.of(p.m(), p.n(), p.k(), PackedProduct.MAX_ROWS, PackedProduct.MAX_COLUMNS);
  }

  @Override
  public TileProduct bind(GemmProblem p, Tiling tiling, Workspace workspace) {
    if (p.dtype() == DType.FP32) {
      if (singles == null) {
        singles = new FloatProduct.Scratch[pool.threads()];
        Arrays.setAll(singles, i -> new FloatProduct.Scratch());
      }
      return vector
          ? new VectorFloatProduct(p, tiling, pool, singles)
          : new PlainFloatProduct(p, tiling, pool, singles);
    }
    if (doubles == null) {
      doubles = new DoubleProduct.Scratch[pool.threads()];
      Arrays.setAll(doubles, i -> new DoubleProduct.Scratch());
    }
    return vector
        ? new VectorDoubleProduct(p, tiling, pool, doubles)
        : new PlainDoubleProduct(p, tiling, pool, doubles);
  }
}
