package dev.lamina.benchmarks;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.DeviceReport;
import java.util.List;

/** A backend that says of its devices what a test wants. */
record FakeProvider(String name, int preference, List<DeviceReport> reports)
    implements BackendProvider {
  @Override
  public List<DeviceReport> probe() {
    return reports;
  }

  @Override
  public Backend open(BackendOptions options) {
    throw new AssertionError("the choice of devices opens none");
  }
}
