package dev.lamina.cpu;

/**
 * A tiled product in Java after Goto and van de Geijn (2008): for each block of the inner extent,
 * the tile's parts of A and B are packed into panels that the inner loop reads from end to end;
 * sums stay in an array of the thread's own until the tile is finished.
 */
abstract class PackedProduct implements TileProduct {
  /** How much of the inner extent is packed at once. */
  static final int DEPTH = 256;

  /** The largest tile, so that its panels and sums stay in a core's second-level cache. */
  static final int MAX_ROWS = 192;

  static final int MAX_COLUMNS = 256;

  final GemmProblem problem;
  final Tiling tiling;
  private final WorkerPool pool;

  PackedProduct(GemmProblem problem, Tiling tiling, WorkerPool pool) {
    this.problem = problem;
    this.tiling = tiling;
    this.pool = pool;
  }

  /** Packs rows of A and columns of B for {@code depth} of the inner extent from {@code k}. */
  abstract void pack(int slot, int row, int rows, int column, int columns, int k, int depth);

  /** Multiplies what was packed into the tile's sums, which the first time sets. */
  abstract void multiply(int slot, int rows, int columns, int depth, boolean first);

  /** Writes the finished sums of a tile to D. */
  abstract void store(int slot, int row, int rows, int column, int columns);

  @Override
  public final void run(int chunk) {
    int slot = pool.slot();
    int row = tiling.row(chunk);
    int rows = tiling.rows(chunk);
    int column = tiling.column(chunk);
    int columns = tiling.columns(chunk);
    for (int k = 0; k < problem.k(); k += DEPTH) {
      int depth = Math.min(DEPTH, problem.k() - k);
      pack(slot, row, rows, column, columns, k, depth);
      multiply(slot, rows, columns, depth, k == 0);
    }
    store(slot, row, rows, column, columns);
  }
}
