package dev.lamina.train;

import dev.lamina.backend.Operand;

/** A whole data set in a device's memory that has not been allocated yet: to plan with. */
final class PlannedData extends DeviceData {
  private final BatchTable table;

  PlannedData(FeatureRows features, TargetRows rows) {
    super(rows.data().size(), rows.form());
    table = ResidentData.table(features, rows);
  }

  @Override
  BatchTable table(int batchSize) {
    return table;
  }

  @Override
  BatchSupply supply(int batchSize, boolean shuffle, long seed) {
    throw new IllegalStateException("data that are not there supply no batches");
  }

  @Override
  long bytes() {
    return Operand.aligned(table.features().type().bytes())
        + Operand.aligned(table.targets().type().bytes());
  }

  @Override
  long missingBytes() {
    return bytes();
  }

  @Override
  long ringBytes(int batchSize) {
    return 0;
  }

  @Override
  public void close() {}
}
