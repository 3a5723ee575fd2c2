package dev.lamina.cli;

import dev.lamina.Quote;
import dev.lamina.backend.Backends;
import dev.lamina.backend.DeviceReport;
import dev.lamina.io.Json;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the devices. */
@Command(
    name = "devices",
    description = "Lists the devices that can compute, and why others cannot.",
    mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "One JSON object per device on standard output.")
  private boolean json;

  @Option(names = "--verbose", description = "Every step of the search for devices.")
  private boolean verbose;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<DeviceReport> reports = Backends.probe();
    for (DeviceReport report : reports) {
      if (json) {
        out.println(Json.compact(tree(report)));
      } else {
        print(out, report);
      }
    }
    out.flush();
    return 0;
  }

  private void print(PrintWriter out, DeviceReport report) {
    String state = report.usable() ? "usable" : "not usable";
    out.println("%-8s %-11s %s".formatted(report.id(), state, report.name()).stripTrailing());
    report
        .details()
        .forEach((name, value) -> out.printf("         %s: %s%n", name, Quote.message(value)));
    if (!report.usable()) {
      out.printf("         reason: %s%n", Quote.message(report.reason()));
      out.printf("         remedy: %s%n", Quote.message(report.remedy()));
    }
    if (!verbose && !report.usable() && !report.search().isEmpty()) {
      out.println("         (lamina devices --verbose lists where it was searched for)");
    }
    if (verbose && !report.search().isEmpty()) {
      out.println("         searched:");
      report.search().forEach(step -> out.printf("         - %s%n", Quote.message(step)));
    }
  }

  private Map<String, Object> tree(DeviceReport report) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("device", report.id());
    tree.put("usable", report.usable());
    tree.put("name", report.name());
    tree.putAll(report.details());
    if (!report.usable()) {
      tree.put("reason", report.reason());
      tree.put("remedy", report.remedy());
    }
    if (verbose) {
      tree.put("search", report.search());
    }
    return tree;
  }
}
