package dev.lamina.backend;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds the backends on the class path or module path. */
public final class Backends {
  private Backends() {}

  /** All backends, the preferred first. */
  public static List<BackendProvider> providers() {
    List<BackendProvider> found = new ArrayList<>();
    ServiceLoader.load(BackendProvider.class).forEach(found::add);
    found.sort(
        Comparator.comparingInt(BackendProvider::preference)
            .reversed()
            .thenComparing(BackendProvider::name));
    return found;
  }

  /** What every backend says of its devices. */
  public static List<DeviceReport> probe() {
    return providers().stream().flatMap(p -> p.probe().stream()).toList();
  }

  /** Opens a device with the default options. */
  public static Backend open(String device) {
    return open(device, BackendOptions.DEFAULT);
  }

  /**
   * Opens a device.
   *
   * @param device {@code cpu}, {@code cuda}, {@code cuda:1}, or {@code auto} for the best that can
   *     be used
   * @throws BackendUnavailableException if it cannot be used
   * @throws LaminaException if there is no such backend
   */
  public static Backend open(String device, BackendOptions options) {
    List<BackendProvider> providers = providers();
    if (device.equals("auto")) {
      return openBest(providers, options);
    }
    int colon = device.indexOf(':');
    String name = colon < 0 ? device : device.substring(0, colon);
    int index = options.index();
    if (colon >= 0) {
      try {
        index = Integer.parseUnsignedInt(device.substring(colon + 1));
      } catch (NumberFormatException e) {
        throw new LaminaException(
            "device "
                + Quote.of(device)
                + ": expected a number after the colon, as in "
                + name
                + ":0",
            e);
      }
    }
    for (BackendProvider provider : providers) {
      if (provider.name().equals(name)) {
        return provider.open(options.withIndex(index));
      }
    }
    throw new LaminaException(
        "device "
            + Quote.of(device)
            + ": there is no such backend here. Expected auto"
            + providers.stream().map(p -> ", " + p.name()).collect(Collectors.joining())
            + "; Lamina's own are in dev.lamina:lamina-cpu and dev.lamina:lamina-cuda, to be put on"
            + " the class path");
  }

  private static Backend openBest(List<BackendProvider> providers, BackendOptions options) {
    StringBuilder reasons = new StringBuilder();
    for (BackendProvider provider : providers) {
      List<DeviceReport> reports = provider.probe();
      for (int index = 0; index < reports.size(); index++) {
        DeviceReport report = reports.get(index);
        if (report.usable()) {
          return provider.open(options.withIndex(index));
        }
        reasons
            .append(System.lineSeparator())
            .append("  ")
            .append(report.id())
            .append(": ")
            .append(report.reason())
            .append(". ")
            .append(report.remedy());
      }
    }
    throw new LaminaException(
        providers.isEmpty()
            ? "no backend found: add dev.lamina:lamina-cpu to the class path"
            : "no device can be used:" + reasons);
  }
}
