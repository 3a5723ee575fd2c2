package dev.lamina.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Where something was measured.
 *
 * @param processor the processor's name
 * @param cores the cores that the process may use
 * @param memoryGibibytes the machine's memory
 * @param system the operating system and its version
 * @param java the Java that ran it
 */
public record Machine(
    String processor, int cores, long memoryGibibytes, String system, String java) {
  /** The machine that this process runs on. */
  public static Machine here() throws IOException {
    return new Machine(
        value(Path.of("/proc/cpuinfo"), "model name"),
        Runtime.getRuntime().availableProcessors(),
        Math.round(
            Double.parseDouble(value(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", ""))
                / 0x1p20),
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"),
        System.getProperty("java.vendor.version") + ", " + System.getProperty("java.vm.name"));
  }

  /** A short name that a file name can hold. */
  public String slug() {
    String name = processor.toLowerCase(Locale.ROOT).replaceAll("\\([^)]*\\)|processor|cpu", " ");
    return name.replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "") + "-" + cores + "-cores";
  }

  /** For JSON. */
  public Map<String, Object> toTree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("processor", processor);
    tree.put("cores", cores);
    tree.put("memory_gib", memoryGibibytes);
    tree.put("system", system);
    tree.put("java", java);
    return tree;
  }

  /** Two items of a Markdown list. */
  public String toMarkdown() {
    return "- machine: %s, %d cores, %d GiB, %s\n- Java: %s\n"
        .formatted(processor, cores, memoryGibibytes, system, java);
  }

  private static String value(Path file, String key) throws IOException {
    if (!Files.exists(file)) {
      return "0 unknown";
    }
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("0 unknown");
  }
}
