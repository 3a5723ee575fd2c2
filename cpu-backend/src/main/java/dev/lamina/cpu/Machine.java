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
}
