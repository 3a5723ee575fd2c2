package dev.lamina.backend;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Finds the backends on the class path or module path. Any thread may use it. */
public final class Backends {
  private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

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
   * Opens a device. What a user should know of it, such as options of Java that are missing and
   * what that costs, is logged as a warning, once in a process.
   *
   * @param device {@code cpu}, {@code cuda}, {@code cuda:1}, or {@code auto} for the best that can
   *     be used
   * @throws BackendUnavailableException if it cannot be used
   * @throws LaminaException if there is no such backend
   */
  public static Backend open(String device, BackendOptions options) {
    return open(device, options, Backends::log);
  }

  /**
   * Opens a device, as {@link #open(String, BackendOptions)}.
   *
   * @param notes hears each line that a user should read of {@link Device#notes()}, in place of the
   *     log
   */
  public static Backend open(String device, BackendOptions options, Consumer<String> notes) {
    Backend backend = choose(device, options);
    backend.device().notes().forEach(notes);
    return backend;
  }

  private static void log(String note) {
    if (LOGGED.add(note)) {
      System.getLogger(Backends.class.getName()).log(System.Logger.Level.WARNING, note);
    }
  }

  private static Backend choose(String device, BackendOptions options) {
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
