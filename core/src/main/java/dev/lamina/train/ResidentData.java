package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.data.Dataset;
import dev.lamina.graph.Variable;
import dev.lamina.program.Program;
import java.util.Locale;
import java.util.Map;

/** A whole data set in a device's memory. */
final class ResidentData extends DeviceData {
  private final BatchTable table;
  private final Memory features;
  private final Memory targets;

  ResidentData(Backend backend, FeatureRows featureRows, TargetRows rows) {
    super(rows.data().size(), rows.form());
    Dataset data = rows.data();
    table = table(featureRows, rows);
    checkRoom(backend, data);
    features = backend.allocate("features of " + data.source(), table.features().type().bytes());
    Memory allocated = null;
    try {
      allocated = backend.allocate("targets of " + data.source(), table.targets().type().bytes());
      featureRows.writeTo(features);
      rows.writeTo(allocated);
    } catch (RuntimeException e) {
      features.close();
      if (allocated != null) {
        allocated.close();
      }
      throw e;
    }
    targets = allocated;
  }

  static BatchTable table(FeatureRows featureRows, TargetRows rows) {
    Dataset data = rows.data();
    return new BatchTable(
        data.size(),
        false,
        data.featureScale(),
        rows.form(),
        new Variable("features", featureRows.type(data.size())),
        new Variable("targets", rows.type(data.size())));
  }

  private void checkRoom(Backend backend, Dataset data) {
    long bytes = table.features().type().bytes() + table.targets().type().bytes();
    long free = backend.freeBytes();
    if (bytes > free) {
      throw new LaminaException(
          String.format(
              Locale.ROOT,
              "%s takes %,d bytes, and %,d are free on %s. Let it stream from the host:"
                  + " DataPlacement.HOST, or --data-on host",
              data.source(),
              bytes,
              free,
              backend.device().id()));
    }
  }

  @Override
  BatchTable table(int batchSize) {
    return table;
  }

  @Override
  BatchSupply supply(int batchSize, boolean shuffle, long seed) {
    return new Supply();
  }

  @Override
  long bytes() {
    return features.byteSize() + targets.byteSize();
  }

  @Override
  long missingBytes() {
    return 0;
  }

  @Override
  long ringBytes(int batchSize) {
    return 0;
  }

  @Override
  public void close() {
    features.close();
    targets.close();
  }

  private final class Supply implements BatchSupply {
    @Override
    public void bind(Map<Variable, Operand> bindings) {
      bindings.put(table.features(), new Operand(features, 0, table.features().type()));
      bindings.put(table.targets(), new Operand(targets, 0, table.targets().type()));
    }

    @Override
    public void run(Program program, long first, int steps) {
      program.run(steps);
    }

    @Override
    public void close() {}
  }
}
