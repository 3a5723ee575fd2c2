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

  /** How many rows a panel of A has. */
  abstract int panelRows();

  /** How many columns a panel of B has, for a tile of so many. */
  abstract int panelColumns(int columns);

  /** Packs rows of A, {@code depth} columns from {@code k}. */
  abstract void packA(int slot, int row, int rows, int k, int depth);

  /** Packs columns of B, {@code depth} rows from {@code k}. */
  abstract void packB(int slot, int column, int columns, int k, int depth);

  /** Multiplies a panel of A by a panel of B into their sums; the first time sets them. */
  abstract void multiply(int slot, int a, int b, int sums, int depth, int width, boolean first);

  /** Writes the finished sums of a tile to D. */
  abstract void store(int slot, int row, int rows, int column, int columns);

  /** Where an element's sum is: panel by panel, each of them row by row. */
  final int sumIndex(int row, int column, int panels, int width) {
    int panel = column / width * panels + row / panelRows();
    return (panel * panelRows() + row % panelRows()) * width + column % width;
  }

  @Override
  public final void run(int chunk) {
    int slot = pool.slot();
    int row = tiling.row(chunk);
    int rows = tiling.rows(chunk);
    int column = tiling.column(chunk);
    int columns = tiling.columns(chunk);
    int width = panelColumns(columns);
    int height = panelRows();
    int down = Math.ceilDiv(rows, height);
    int across = Math.ceilDiv(columns, width);
    for (int k = 0; k < problem.k(); k += DEPTH) {
      int depth = Math.min(DEPTH, problem.k() - k);
      packB(slot, column, columns, k, depth);
      packA(slot, row, rows, k, depth);
      for (int j = 0; j < across; j++) {
        for (int i = 0; i < down; i++) {
          int sums = (j * down + i) * height * width;
          multiply(slot, i * height * depth, j * width * depth, sums, depth, width, k == 0);
        }
      }
    }
    store(slot, row, rows, column, columns);
  }
}
