package dev.lamina.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The kernels as machine code of one architecture, which a driver loads without compiling anything.
 *
 * @param architecture as {@code sm_90}
 * @param images by module; those in double precision are missing, they are left to the driver's
 *     compiler
 */
record Cubins(String architecture, Map<String, byte[]> images) {
  /** Each one's compute capability, 10 · major + minor, the newest first. */
  private static final List<Integer> ARCHITECTURES = List.of(120, 100, 90, 80);

  private static final String ENDING = ".cubin";

  /**
   * The architecture among those shipped whose code runs on a GPU: the same major version of the
   * compute capability, and no later minor one.
   */
  static Optional<String> architecture(int major, int minor) {
    return ARCHITECTURES.stream()
        .filter(a -> a / 10 == major && a % 10 <= minor)
        .map(a -> "sm_" + a)
        .findFirst();
  }

  /** Reads those of an architecture among the resources. */
  static Cubins read(String architecture) {
    String path = "cubin/" + architecture + ".zip";
    Map<String, byte[]> images = new HashMap<>();
    try (InputStream in = Cubins.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalArgumentException("no resource " + path);
      }
      ZipInputStream zip = new ZipInputStream(in);
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name = entry.getName();
        if (name.endsWith(ENDING)) {
          images.put(name.substring(0, name.length() - ENDING.length()), zip.readAllBytes());
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("the resource " + path + " cannot be read", e);
    }
    return new Cubins(architecture, Collections.unmodifiableMap(images));
  }

  /** A module's code, if it is among them. */
  Optional<byte[]> image(String module) {
    return Optional.ofNullable(images.get(module));
  }
}
