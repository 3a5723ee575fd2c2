package dev.lamina.cpu;

import dev.lamina.op.Activation;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;

/**
 * The activation gradient on each tile, and its column sums.
 *
 * @param sums a row of n sums for each of the cut's rows of tiles
 */
record GradientEpilogue(
    TileMath math,
    Tiling tiling,
    DType dtype,
    Activation activation,
    MemorySegment z,
    MemorySegment f,
    MemorySegment sums)
    implements TileEpilogue {
  @Override
  public void run(int chunk) {
    long start = (long) tiling.row(chunk) * tiling.n() + tiling.column(chunk);
    long sumStart = (long) tiling.rowTile(chunk) * tiling.n() + tiling.column(chunk);
    math.gradient(
        dtype,
        activation,
        z,
        f,
        start,
        tiling.rows(chunk),
        tiling.columns(chunk),
        tiling.n(),
        sums,
        sumStart);
  }
}
