package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Operand;
import dev.lamina.data.Dataset;
import dev.lamina.graph.Variable;
import java.util.HashMap;
import java.util.Map;

/** A data set in the host's memory; each program that takes batches of it has a ring of its own. */
final class StreamedData extends DeviceData {
  /** Long enough that starting a copy costs next to nothing beside it. */
  private static final long PIECE_BYTES = 8L << 20;

  /** On a device with little memory a piece takes such a part of it at most. */
  private static final int SMALLEST_PART = 16;

  private final Backend backend;
  private final Dataset data;
  private final FeatureRows features;
  private final TargetRows rows;
  private final long pieceBytes;
  private final Map<Integer, BatchTable> tables = new HashMap<>();

  StreamedData(Backend backend, FeatureRows features, TargetRows rows, long pieceBytes) {
    super(rows.data().size(), rows.form());
    this.backend = backend;
    data = rows.data();
    this.features = features;
    this.rows = rows;
    this.pieceBytes = pieceBytes;
  }

  /** How long pieces should be on a device with so much free memory. */
  static long pieceBytes(long freeBytes) {
    return Math.clamp(freeBytes / SMALLEST_PART, 1, PIECE_BYTES);
  }

  private RingShape shape(int batchSize) {
    return RingShape.of(samples(), batchSize, features.rowBytes() + rows.rowBytes(), pieceBytes);
  }

  @Override
  BatchTable table(int batchSize) {
    return tables.computeIfAbsent(
        batchSize,
        size -> {
          int count = shape(size).rows();
          return new BatchTable(
              count,
              true,
              data.featureScale(),
              rows.form(),
              new Variable("features in the ring", features.type(count)),
              new Variable("targets in the ring", rows.type(count)));
        });
  }

  @Override
  BatchSupply supply(int batchSize, boolean shuffle, long seed) {
    SampleOrder order = new SampleOrder(samples(), shuffle, seed);
    PieceWriter writer = new PieceWriter(features, rows, order, shape(batchSize).pieceRows());
    return new BatchRing(
        backend, shape(batchSize), table(batchSize), writer, "batches of " + data.source());
  }

  @Override
  long bytes() {
    return Operand.aligned(features.type(samples()).bytes())
        + Operand.aligned(rows.type(samples()).bytes());
  }

  @Override
  long missingBytes() {
    return 0;
  }

  @Override
  long ringBytes(int batchSize) {
    long ring = BatchRing.bytes(table(batchSize));
    // The buffers that it is filled from lie in the host's memory.
    return backend.sharesHostMemory() ? 2 * ring : ring;
  }

  @Override
  public void close() {}
}
