package dev.lamina.backend;

import java.util.List;

/** A backend's registration as a service. Making one must be cheap and load nothing native. */
public interface BackendProvider {
  /** By which users choose it: {@code cpu}, {@code cuda}. */
  String name();

  /** Backends with a higher number are tried first by {@code auto}; the CPU has 0. */
  int preference();

  /**
   * Looks at what there is: one report for each device in the order of {@link
   * BackendOptions#index}, or one for the backend where no device is found. Never throws for a
   * missing device or library, but reports it.
   */
  List<DeviceReport> probe();

  /**
   * Opens a device.
   *
   * @throws BackendUnavailableException if it cannot be used, with the reason and the remedy
   */
  Backend open(BackendOptions options);
}
