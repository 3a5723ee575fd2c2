package dev.lamina.cpu;

/**
 * A formula on each tile of a product, and the sums of its columns.
 *
 * @param results a row of n sums for each of the cut's rows of tiles
 */
record SumsEpilogue(ColumnSums sums, Tiling tiling, Buffer results) implements TileEpilogue {
  @Override
  public void run(int chunk) {
    long at = (long) tiling.row(chunk) * tiling.n() + tiling.column(chunk);
    long to = (long) tiling.rowTile(chunk) * tiling.n() + tiling.column(chunk);
    sums.run(at, tiling.rows(chunk), tiling.columns(chunk), results, to);
  }
}
