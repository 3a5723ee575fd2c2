package dev.lamina.cpu;

/** A formula on each tile of a product: all its full operands have the product's shape. */
record MapEpilogue(FormulaTask formula, Tiling tiling) implements TileEpilogue {
  @Override
  public void run(int chunk) {
    long at = (long) tiling.row(chunk) * tiling.n() + tiling.column(chunk);
    formula.run(at, tiling.rows(chunk), tiling.columns(chunk), tiling.n());
  }
}
