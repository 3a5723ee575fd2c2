package dev.lamina.cpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the operating system says of this machine. */
final class Machine {
  private Machine() {}

  /** The number of processors that this process may use. */
  static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** The CPU's model, or its architecture where the model is not known. */
  static String cpuName() {
    String model = field(Path.of("/proc/cpuinfo"), "model name");
    return model.isEmpty() ? System.getProperty("os.arch") + " CPU" : model;
  }

  /** Physical memory in bytes, or less if this process is limited to less; 0 if not known. */
  static long memoryBytes() {
    long total = kibibytes("MemTotal");
    long limit = number(Path.of("/sys/fs/cgroup/memory.max"));
    return limit > 0 && (total == 0 || limit < total) ? limit : total;
  }

  /** Memory in bytes that can be had without swapping; 0 if not known. */
  static long availableBytes() {
    long available = kibibytes("MemAvailable");
    long limit = number(Path.of("/sys/fs/cgroup/memory.max"));
    long used = number(Path.of("/sys/fs/cgroup/memory.current")) - fileCache();
    return limit > 0 ? Math.min(available, Math.max(0, limit - used)) : available;
  }

  /** What the group's memory holds of files, which the system drops when memory is needed. */
  private static long fileCache() {
    try (Stream<String> lines = Files.lines(Path.of("/sys/fs/cgroup/memory.stat"))) {
      return lines
          .filter(line -> line.startsWith("inactive_file ") || line.startsWith("active_file "))
          .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
          .sum();
    } catch (IOException | RuntimeException e) {
      return 0; // no such group
    }
  }

  private static long kibibytes(String name) {
    String value = field(Path.of("/proc/meminfo"), name);
    try {
      return value.isEmpty() ? 0 : Long.parseLong(value.replaceAll("[^0-9]", "")) * 1024;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String field(Path file, String name) {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith(name) && line.indexOf(':') > 0)
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("");
    } catch (IOException | RuntimeException e) {
      return ""; // not Linux
    }
  }

  private static long number(Path file) {
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (IOException | NumberFormatException e) {
      return 0; // no such limit, or "max"
    }
  }
}
