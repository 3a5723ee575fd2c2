package dev.lamina.probe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The CUDA backend's kernels as they lie among its resources. */
public final class KernelImages {
  private static final String FOLDER = "/dev/lamina/cuda/";
  private static final String ENDING = ".cubin";

  private KernelImages() {}

  /** A module's PTX, with the zero at the end that the driver expects. */
  public static byte[] ptx(String module) {
    try (InputStream in = open("ptx/" + module + ".ptx")) {
      byte[] text = in.readAllBytes();
      return Arrays.copyOf(text, text.length + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The machine code of an architecture by module; empty if there is none for it.
   *
   * @param architecture as {@code sm_90}
   */
  public static Map<String, byte[]> cubins(String architecture) {
    Map<String, byte[]> cubins = new TreeMap<>();
    String name = "cubin/" + architecture + ".zip";
    if (KernelImages.class.getResource(FOLDER + name) == null) {
      return cubins;
    }
    try (ZipInputStream zip = new ZipInputStream(open(name))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String file = entry.getName();
        if (file.endsWith(ENDING)) {
          cubins.put(file.substring(0, file.length() - ENDING.length()), zip.readAllBytes());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cubins;
  }

  private static InputStream open(String name) {
    InputStream in = KernelImages.class.getResourceAsStream(FOLDER + name);
    if (in == null) {
      throw new IllegalStateException("no resource " + FOLDER + name);
    }
    return in;
  }
}
