package dev.lamina.backend;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a backend says of one device, usable or not.
 *
 * @param id by which users choose it
 * @param usable whether it can be opened
 * @param name what it is
 * @param reason why it cannot be opened, empty if it can
 * @param remedy what to do about it, empty if it can
 * @param details more facts, in order: memory, driver, libraries
 * @param search every step taken to find it, for verbose listings
 */
public record DeviceReport(
    String id,
    boolean usable,
    String name,
    String reason,
    String remedy,
    Map<String, String> details,
    List<String> search) {
  /** Copies the collections. */
  public DeviceReport {
    details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    search = List.copyOf(search);
  }

  /** A device that can be opened. */
  public static DeviceReport usable(String id, String name, Map<String, String> details) {
    return new DeviceReport(id, true, name, "", "", details, List.of());
  }

  /** A device that cannot be opened, why, and what to do about it. */
  public static DeviceReport unusable(String id, String reason, String remedy) {
    return new DeviceReport(id, false, "", reason, remedy, Map.of(), List.of());
  }
}
