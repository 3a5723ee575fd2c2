package dev.lamina.cuda.formula;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** The headers that printed kernels include, from the resources. */
final class KernelHeaders {
  private static final String[] NAMES = {"common.cuh", "formula.cuh", "random.cuh"};

  private KernelHeaders() {}

  /** Their texts by their names. */
  static Map<String, String> all() {
    Map<String, String> headers = new TreeMap<>();
    for (String name : NAMES) {
      headers.put(name, read("/dev/lamina/cuda/source/" + name));
    }
    return headers;
  }

  private static String read(String resource) {
    try (InputStream in = KernelHeaders.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the resource " + resource + " cannot be read", e);
    }
  }
}
