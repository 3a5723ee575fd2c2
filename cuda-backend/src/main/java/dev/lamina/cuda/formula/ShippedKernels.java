package dev.lamina.cuda.formula;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sources of the kernels of {@link ShippedFormulas}: {@code regenerate-kernels.sh} compiles
 * them.
 */
public final class ShippedKernels {
  private ShippedKernels() {}

  /**
   * Writes the sources to a folder.
   *
   * @param args the folder
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      throw new IllegalArgumentException("expected a folder, got " + List.of(args));
    }
    write(Path.of(args[0]));
  }

  /** Writes to a folder, which is made, a file for each module, and the index. */
  public static void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, Map<String, String>> module : modules().entrySet()) {
      Files.writeString(
          folder.resolve(module.getKey() + ".cu"),
          FormulaKernel.INCLUDES + String.join("\n", module.getValue().values()));
    }
    Files.write(folder.resolve(ShippedIndex.FILE), index());
  }

  /** The lines of the index: each kernel, and the module that has it. */
  public static List<String> index() {
    List<String> lines = new ArrayList<>();
    modules()
        .forEach((module, kernels) ->
            kernels.keySet().forEach(kernel -> lines.add(kernel + " " + module)));
    return lines;
  }

  /** For each module its kernels by name; a kernel of several modules is in the first only. */
  private static Map<String, Map<String, String>> modules() {
    Map<String, String> seen = new TreeMap<>();
    Map<String, Map<String, String>> modules = new TreeMap<>();
    ShippedFormulas.modules()
        .forEach((module, formulas) -> {
          Map<String, String> kernels = new TreeMap<>();
          formulas.stream()
              .map(FormulaKernel::of)
              .filter(kernel -> seen.putIfAbsent(kernel.name(), module) == null)
              .forEach(kernel -> kernels.put(kernel.name(), kernel.function()));
          if (!kernels.isEmpty()) {
            modules.put(module, kernels);
          }
        });
    return modules;
  }
}
