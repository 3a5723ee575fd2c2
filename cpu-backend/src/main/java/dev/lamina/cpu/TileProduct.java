package dev.lamina.cpu;

/** A matrix product cut into tiles. */
interface TileProduct {
  /** Computes one tile of D. */
  void run(int chunk);
}
