package dev.lamina.cpu;

/**
 * A matrix [m, n] cut into tiles, which are the chunks of a task. Tiles of one column of tiles
 * follow each other.
 *
 * @param tileRows how many rows a tile has, except those of the last row of tiles
 * @param tileColumns how many columns a tile has, except those of the last column of tiles
 */
record Tiling(int m, int n, int tileRows, int tileColumns) {
  /** Work worth a chunk where there is little: some microseconds more than a chunk costs. */
  private static final double LEAST = 0.5e6;

  /** Work of a chunk that is large enough for oneDNN. */
  private static final double SMALL = 12e6;

  /** How many chunks a large product has at least. */
  private static final double MANY = 24;

  /** How many tiles there are one below the other. */
  int rowTiles() {
    return Math.ceilDiv(m, tileRows);
  }

  /** How many tiles there are side by side. */
  int columnTiles() {
    return Math.ceilDiv(n, tileColumns);
  }

  /** How many tiles there are. */
  int chunks() {
    return Math.multiplyExact(rowTiles(), columnTiles());
  }

  /** Which of the tiles one below the other a chunk is. */
  int rowTile(int chunk) {
    return chunk % rowTiles();
  }

  /** A chunk's first row. */
  int row(int chunk) {
    return rowTile(chunk) * tileRows;
  }

  /** A chunk's number of rows. */
  int rows(int chunk) {
    return Math.min(tileRows, m - row(chunk));
  }

  /** A chunk's first column. */
  int column(int chunk) {
    return chunk / rowTiles() * tileColumns;
  }

  /** A chunk's number of columns. */
  int columns(int chunk) {
    return Math.min(tileColumns, n - column(chunk));
  }

  /**
   * Tiles for a product of so many multiplications per element.
   *
   * <p>A larger tile packs its operands less often for each result, a smaller one leaves more
   * chunks to share out. Measured with oneDNN on Zen 4, tiles of {@value #SMALL} multiplications
   * and additions lose 1 to 4% against the largest possible; larger ones are taken only where there
   * are still {@value #MANY} of them, for machines with many cores.
   *
   * @param maxRows no tile has more rows
   * @param maxColumns no tile has more columns
   */
  static Tiling of(int m, int n, int k, int maxRows, int maxColumns) {
    double total = 2.0 * m * n * k;
    double flops = Math.max(total / MANY, Math.min(SMALL, Math.max(LEAST, total / 8)));
    double area = flops / (2.0 * k);
    double columns = Math.min(Math.min(n, maxColumns), multiple(Math.sqrt(area), 64));
    double rows = Math.min(Math.min(m, maxRows), multiple(area / columns, 32));
    columns = Math.min(Math.min(n, maxColumns), multiple(area / rows, 64));
    int down = (int) Math.ceil(m / rows);
    int across = (int) Math.ceil(n / columns);
    if (down * (double) across < 16 && down * across % 2 == 1 && down * across > 1) {
      // An odd number of large chunks leaves one of two workers idle at the end.
      if (n / (across + 1) >= 32) {
        across++;
      } else {
        down++;
      }
    }
    return new Tiling(m, n, part(m, down, 8), part(n, across, 16));
  }

  /** The nearest multiple of {@code unit}, and at least that. */
  private static double multiple(double value, int unit) {
    return Math.max(1, Math.rint(value / unit)) * unit;
  }

  /** An even part of an extent, rounded up to whole vectors if that is possible. */
  private static int part(int extent, int count, int unit) {
    return Math.min(extent, Math.ceilDiv(Math.ceilDiv(extent, count), unit) * unit);
  }
}
