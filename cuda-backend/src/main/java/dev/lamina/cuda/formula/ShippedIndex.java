package dev.lamina.cuda.formula;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which kernels of formulas are compiled among the resources. */
final class ShippedIndex {
  /** Lines of a kernel's name and its module's, as {@link ShippedKernels} writes them. */
  static final String FILE = "formulas.txt";

  private static final Map<String, String> MODULES = read();

  private ShippedIndex() {}

  /** The module that has a kernel. */
  static Optional<String> module(String kernel) {
    return Optional.ofNullable(MODULES.get(kernel));
  }

  private static Map<String, String> read() {
    Map<String, String> modules = new HashMap<>();
    String resource = "/dev/lamina/cuda/ptx/" + FILE;
    try (InputStream in = ShippedIndex.class.getResourceAsStream(resource)) {
      if (in == null) {
        return modules; // while the resources are being made
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ");
        modules.put(words[0], words[1]);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the resource " + resource + " cannot be read", e);
    }
    return modules;
  }
}
