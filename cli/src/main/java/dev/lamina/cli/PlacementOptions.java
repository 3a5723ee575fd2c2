package dev.lamina.cli;

import dev.lamina.train.DataPlacement;
import dev.lamina.train.DataReport;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Where the samples lie. */
final class PlacementOptions {
  private static final String NAME = "--data-on";

  @Option(
      names = NAME,
      paramLabel = "PLACE",
      defaultValue = "auto",
      description =
          "Where the samples lie: device, host (from where they stream to the device while it"
              + " computes) or auto, on the device if they fit (default: ${DEFAULT-VALUE}).")
  private String place;

  /** Refuses what is no place. */
  void check() {
    placement();
  }

  DataPlacement placement() {
    return Options.constant(NAME, place, DataPlacement.class);
  }

  /** Where the samples lie, as this option calls it. */
  static String name(DataReport report) {
    DataPlacement found = report.onDevice() ? DataPlacement.DEVICE : DataPlacement.HOST;
    return found.name().toLowerCase(Locale.ROOT);
  }
}
