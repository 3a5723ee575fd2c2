package dev.lamina.train;

import dev.lamina.data.Dataset;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/**
 * Gathers the rows of a piece in host memory: all features, then all targets.
 *
 * @param rowCount the number of rows in a piece
 */
record PieceWriter(Dataset data, TargetRows targets, SampleOrder order, int rowCount) {
  /** Less than this is not worth another thread. */
  private static final long PART_BYTES = 256 << 10;

  private long featureRowBytes() {
    return (long) data.features() * data.featureType().dtype().bytes();
  }

  long featureBytes() {
    return rowCount * featureRowBytes();
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
    MemorySegment features = data.featureData();
    long width = featureRowBytes();
    long targetWidth = targets.rowBytes();
    long targetStart = featureBytes();
    order.forEach(
        first + from,
        first + to,
        (position, sample, count) -> {
          long row = position - first;
          MemorySegment.copy(features, sample * width, buffer, row * width, count * width);
          targets.copy(sample, count, buffer, targetStart + row * targetWidth);
        });
  }
}
