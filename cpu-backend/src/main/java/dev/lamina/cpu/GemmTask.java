package dev.lamina.cpu;

/**
 * A matrix product, tile by tile.
 *
 * @param epilogue what follows for each tile, or null
 */
record GemmTask(Tiling tiling, TileProduct product, TileEpilogue epilogue) implements Task {
  @Override
  public int chunks() {
    return tiling.chunks();
  }

  @Override
  public void run(int chunk) {
    product.run(chunk);
    if (epilogue != null) {
      epilogue.run(chunk);
    }
  }
}
