package dev.lamina.train;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/**
 * Gathers the rows of a piece in host memory: all features, then all targets.
 *
 * @param rowCount the number of rows in a piece
 */
record PieceWriter(FeatureRows features, TargetRows targets, SampleOrder order, int rowCount) {
  /** Less than this is not worth another thread. */
  private static final long PART_BYTES = 256 << 10;

  long featureBytes() {
    return rowCount * features.rowBytes();
  }

  long targetBytes() {
    return rowCount * targets.rowBytes();
  }

  long bytes() {
    return featureBytes() + targetBytes();
  }

  /** Fills a buffer with a piece of the endless row of batches, on as many threads as pay. */
  void write(long piece, MemorySegment buffer) {
    int parts = Math.clamp(bytes() / PART_BYTES, 1, rowCount);
    IntStream.range(0, parts)
        .parallel()
        .forEach(part ->
            write(
                piece,
                buffer,
                (int) ((long) rowCount * part / parts),
                (int) ((long) rowCount * (part + 1) / parts)));
  }

  private void write(long piece, MemorySegment buffer, int from, int to) {
    long first = piece * rowCount;
    long width = features.rowBytes();
    long targetWidth = targets.rowBytes();
    long targetStart = featureBytes();
    order.forEach(
        first + from,
        first + to,
        (position, sample, count) -> {
          long row = position - first;
          features.copy(sample, count, buffer, row * width);
          targets.copy(sample, count, buffer, targetStart + row * targetWidth);
        });
  }
}
