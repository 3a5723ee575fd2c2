package dev.lamina.benchmarks.report;

import dev.lamina.backend.DeviceReport;
import dev.lamina.io.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A whole run.
 *
 * @param machine where
 * @param versions of what, by name
 * @param devices what the devices that ran say of themselves
 * @param skipped a line for each device that did not run, with the reason
 * @param options the command's options
 * @param rows the results
 */
public record RunReport(
    Machine machine,
    Map<String, String> versions,
    List<DeviceReport> devices,
    List<String> skipped,
    String options,
    List<Row> rows) {

  /** For people. */
  public String toMarkdown() {
    StringBuilder text = new StringBuilder("# Benchmarks\n\n");
    text.append(new ResultTable(rows));
    text.append('\n').append(machine.toMarkdown());
    versions.forEach((name, version) -> text.append("- %s: %s%n".formatted(name, version)));
    for (DeviceReport device : devices) {
      text.append("- device %s: %s".formatted(device.id(), device.name()));
      device
          .details()
          .forEach((key, value) -> text.append("; ").append(key).append(' ').append(value));
      text.append('\n');
    }
    skipped.forEach(line -> text.append("- ").append(line).append('\n'));
    text.append("- options: ")
        .append(options.isEmpty() ? "none" : "`" + options + "`")
        .append('\n');
    return text.toString();
  }

  /** For programs. */
  public String toJson() {
    Ceilings ceilings = new Ceilings(rows);
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("machine", machine.toTree());
    tree.put("versions", versions);
    List<Object> devicesTree = new ArrayList<>();
    for (DeviceReport device : devices) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("id", device.id());
      entry.put("name", device.name());
      entry.put("details", device.details());
      devicesTree.add(entry);
    }
    tree.put("devices", devicesTree);
    tree.put("skipped", skipped);
    tree.put("options", options);
    List<Object> results = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("benchmark", row.benchmark());
      entry.put("device", row.device());
      entry.put("parameters", row.parameters());
      entry.put("seconds", row.seconds());
      putKnown(entry, "error_seconds", row.error());
      if (row.work() != null) {
        entry.put("rate", row.rate());
        entry.put("rate_unit", row.work().limit().unit());
        putKnown(entry, "share_of_ceiling", ceilings.share(row));
      }
      putKnown(entry, "heap_bytes", row.allocatedBytes());
      results.add(entry);
    }
    tree.put("results", results);
    return Json.pretty(tree);
  }

  private static void putKnown(Map<String, Object> entry, String key, double value) {
    if (Double.isFinite(value)) {
      entry.put(key, value);
    }
  }

  /** Writes both forms and returns where. */
  public List<Path> write(Path folder) throws IOException {
    String ids =
        devices.stream().map(d -> d.id().replace(":", "")).collect(Collectors.joining("-"));
    return ReportFiles.write(folder, "jmh-" + ids, machine, toMarkdown(), toJson());
  }
}
