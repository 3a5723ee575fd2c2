package dev.lamina.train;

/**
 * How a ring of batches is cut: into two pieces of some steps each.
 *
 * @param pieceSteps the number of batches in a piece
 */
record RingShape(int batchSize, int pieceSteps) {
  /** Pieces in a ring: one is computed on while the other one is filled. */
  static final int PIECES = 2;

  /** Steps that a device may run in one launch; a piece of more should hold whole launches. */
  private static final int LAUNCH = 8;

  /** Pieces of about so many bytes, and hardly more than all samples. */
  static RingShape of(int samples, int batchSize, long rowBytes, long pieceBytes) {
    long steps = Math.max(1, pieceBytes / (batchSize * rowBytes));
    steps = Math.min(steps, Math.max(1, Integer.MAX_VALUE / PIECES / batchSize));
    steps = steps < LAUNCH ? steps : steps / LAUNCH * LAUNCH;
    return new RingShape(batchSize, (int) Math.min(steps, Math.ceilDiv(samples, batchSize)));
  }

  int pieceRows() {
    return Math.multiplyExact(batchSize, pieceSteps);
  }

  int rows() {
    return Math.multiplyExact(PIECES, pieceRows());
  }

  /** Which piece of the endless row of batches a step belongs to. */
  long piece(long step) {
    return step / pieceSteps;
  }

  /** How many steps of its piece lie from this step on. */
  int stepsLeft(long step) {
    return (int) (pieceSteps - step % pieceSteps);
  }

  /** Where in the ring a piece lies: 0 or 1. */
  static int slot(long piece) {
    return (int) (piece % PIECES);
  }
}
