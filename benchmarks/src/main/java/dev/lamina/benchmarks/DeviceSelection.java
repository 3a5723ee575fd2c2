package dev.lamina.benchmarks;

import dev.lamina.LaminaException;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.BackendUnavailableException;
import dev.lamina.backend.DeviceReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which devices a run uses.
 *
 * @param devices what each device says of itself, by the name that it is opened with, in the order
 *     in which they run
 * @param skipped a line for each backend that is left out, with the reason and the remedy
 */
record DeviceSelection(Map<String, DeviceReport> devices, List<String> skipped) {
  /** The first usable device of each backend, the CPU first. */
  static DeviceSelection usable(List<BackendProvider> providers) {
    Map<String, DeviceReport> devices = new LinkedHashMap<>();
    List<String> skipped = new ArrayList<>();
    List<BackendProvider> ordered = new ArrayList<>(providers);
    ordered.sort(Comparator.comparingInt(BackendProvider::preference));
    for (BackendProvider provider : ordered) {
      List<DeviceReport> reports = provider.probe();
      DeviceReport first = reports.stream().filter(DeviceReport::usable).findFirst().orElse(null);
      if (first == null) {
        reports.forEach(r -> skipped.add(skip(r)));
      } else {
        devices.put(first == reports.getFirst() ? provider.name() : first.id(), first);
      }
    }
    return new DeviceSelection(devices, skipped);
  }

  /**
   * Exactly these devices.
   *
   * @throws BackendUnavailableException if one of them cannot be used
   * @throws LaminaException if there is no such device
   */
  static DeviceSelection of(List<BackendProvider> providers, Collection<String> names) {
    Map<String, DeviceReport> devices = new LinkedHashMap<>();
    for (String name : names) {
      devices.put(name, find(providers, name));
    }
    return new DeviceSelection(devices, List.of());
  }

  private static DeviceReport find(List<BackendProvider> providers, String name) {
    for (BackendProvider provider : providers) {
      boolean whole = provider.name().equals(name);
      if (!whole && !name.startsWith(provider.name() + ":")) {
        continue;
      }
      List<DeviceReport> reports = provider.probe();
      DeviceReport report =
          whole || !reports.getFirst().usable() && reports.size() == 1
              ? reports.getFirst()
              : reports.stream().filter(r -> r.id().equals(name)).findFirst().orElse(null);
      if (report == null) {
        throw new LaminaException(
            "device '"
                + name
                + "' does not exist; there "
                + (reports.size() == 1 ? "is " : "are ")
                + reports.stream().map(DeviceReport::id).collect(Collectors.joining(", ")));
      }
      if (!report.usable()) {
        throw new BackendUnavailableException(report);
      }
      return report;
    }
    throw new LaminaException(
        "device '"
            + name
            + "': there is no such backend. Expected one of "
            + providers.stream().map(BackendProvider::name).sorted().toList()
            + ", with the device's number as in cuda:1 where it is not the first");
  }

  private static String skip(DeviceReport report) {
    return report.id() + ": skipped: " + report.reason() + "; " + report.remedy();
  }
}
