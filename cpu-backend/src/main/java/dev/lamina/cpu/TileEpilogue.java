package dev.lamina.cpu;

/** What is done to a tile of a product while it is warm in the cache. */
interface TileEpilogue {
  /** Does it to one tile of D. */
  void run(int chunk);
}
