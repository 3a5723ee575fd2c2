package dev.lamina.cuda;

import dev.lamina.type.DType;

/**
 * How work is cut into blocks. Where blocks' results are joined later, the cut depends on the shape
 * only and never on the device, so that every GPU adds in the same order.
 */
final class Geometry {
  /** Threads of a block, as common.cuh has it. */
  static final int THREADS = 256;

  /** The most blocks that CUDA allows in a grid's second dimension. */
  static final int MAX_GRID_Y = 65_535;

  /** Rows up to this length are worth a warp each, longer ones a block. */
  static final long WARP_ROW = 1024;

  private static final int WARPS = THREADS / 32;

  /** Enough to fill any GPU; kernels walk on in strides of the grid. */
  private static final long MAX_BLOCKS = 4096;

  private static final long MAX_PARTS = 1024;
  private static final long MIN_PIECE = 8192;
  private static final long COLUMN_BLOCKS = 1024;
  private static final long MIN_PIECE_ROWS = 32;

  /** One block joins the parts of its columns: so many take it no longer than a piece takes. */
  private static final long MAX_COLUMN_PARTS = 128;

  private Geometry() {}

  /** Elements in 16 bytes. */
  static int pack(DType dtype) {
    return 16 / dtype.bytes();
  }

  /** Blocks for n elements of which a thread takes so many at once. */
  static long elementwise(long n, int perThread) {
    return Math.min(MAX_BLOCKS, ceil(ceil(n, perThread), THREADS));
  }

  /** Blocks for m rows with a warp each. */
  static long warps(long m) {
    return Math.min(MAX_BLOCKS, ceil(m, WARPS));
  }

  /** Blocks for m rows with a block each. */
  static long blocks(long m) {
    return Math.min(MAX_BLOCKS, m);
  }

  /** Blocks, and so parts, of a loss over n elements. */
  static long lossParts(long n, DType dtype) {
    return Math.min(MAX_PARTS, ceil(n, THREADS * 4L * pack(dtype)));
  }

  /** Blocks, and so parts, of counting over m rows with a warp each. */
  static long countParts(long m) {
    return Math.min(MAX_PARTS, ceil(m, WARPS));
  }

  /** How long the pieces are into which a long row of n elements is cut. */
  static long piece(long n) {
    return Math.max(MIN_PIECE, ceil(ceil(n, MAX_PARTS), 64) * 64);
  }

  /** Blocks side by side for n columns, of which a thread takes so many. */
  static long columnTiles(long n, int perThread) {
    return ceil(n, 32L * perThread);
  }

  /** How many of m rows a block takes that walks down the columns of a matrix [m, n]. */
  static long pieceRows(long m, long n, DType dtype) {
    long tiles = columnTiles(n, pack(dtype));
    long wanted = Math.clamp(COLUMN_BLOCKS / tiles, 1, MAX_COLUMN_PARTS);
    return Math.max(MIN_PIECE_ROWS, ceil(ceil(m, wanted), WARPS) * WARPS);
  }

  static long ceil(long n, long divisor) {
    return (n + divisor - 1) / divisor;
  }
}
