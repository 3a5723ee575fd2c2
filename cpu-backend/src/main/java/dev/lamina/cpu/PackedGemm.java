package dev.lamina.cpu;

import dev.lamina.type.DType;
import java.util.Arrays;

/** FP32 and FP64 products in Java: with the Vector API, or plain. */
final class PackedGemm implements GemmRung {
  private final boolean vector;
  private final Products products;

  /**
   * A rung for a pool.
   *
   * @param vector whether to use the Vector API, whose module must be there
   */
  PackedGemm(WorkerPool pool, boolean vector) {
    this.vector = vector;
    products = vector ? new VectorProducts(pool) : new PlainProducts(pool);
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
    return p.dtype() == DType.FP32 ? products.singles(p, tiling) : products.doubles(p, tiling);
  }

  /** Makes products of a kind, with arrays for each thread of the pool, made when first needed. */
  private interface Products {
    TileProduct singles(GemmProblem problem, Tiling tiling);

    TileProduct doubles(GemmProblem problem, Tiling tiling);
  }

  private static final class VectorProducts implements Products {
    private final WorkerPool pool;
    private VectorFloatProduct.Scratch[] singles;
    private VectorDoubleProduct.Scratch[] doubles;

    VectorProducts(WorkerPool pool) {
      this.pool = pool;
    }

    @Override
    public TileProduct singles(GemmProblem problem, Tiling tiling) {
      if (singles == null) {
        singles = new VectorFloatProduct.Scratch[pool.threads()];
        Arrays.setAll(singles, i -> new VectorFloatProduct.Scratch());
      }
      return new VectorFloatProduct(problem, tiling, pool, singles);
    }

    @Override
    public TileProduct doubles(GemmProblem problem, Tiling tiling) {
      if (doubles == null) {
        doubles = new VectorDoubleProduct.Scratch[pool.threads()];
        Arrays.setAll(doubles, i -> new VectorDoubleProduct.Scratch());
      }
      return new VectorDoubleProduct(problem, tiling, pool, doubles);
    }
  }

  private static final class PlainProducts implements Products {
    private final WorkerPool pool;
    private PlainFloatProduct.Scratch[] singles;
    private PlainDoubleProduct.Scratch[] doubles;

    PlainProducts(WorkerPool pool) {
      this.pool = pool;
    }

    @Override
    public TileProduct singles(GemmProblem problem, Tiling tiling) {
      if (singles == null) {
        singles = new PlainFloatProduct.Scratch[pool.threads()];
        Arrays.setAll(singles, i -> new PlainFloatProduct.Scratch());
      }
      return new PlainFloatProduct(problem, tiling, pool, singles);
    }

    @Override
    public TileProduct doubles(GemmProblem problem, Tiling tiling) {
      if (doubles == null) {
        doubles = new PlainDoubleProduct.Scratch[pool.threads()];
        Arrays.setAll(doubles, i -> new PlainDoubleProduct.Scratch());
      }
      return new PlainDoubleProduct(problem, tiling, pool, doubles);
    }
  }
}
