package dev.lamina.cuda.natives;

import dev.lamina.cuda.natives.SearchPlace.Rank;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Path;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * NVIDIA's libraries in a jar on the class path, as {@code
 * org.bytedeco:cuda:VERSION:linux-x86_64-redist} has them. They are unpacked once.
 */
final class RedistributableJar {
  private static final String FOLDER = "org/bytedeco/cuda/linux-x86_64/";
  private static final String ORIGIN = "jar on the class path";

  private RedistributableJar() {}

  /** The folder into which cuBLAS was unpacked, if a jar has it. */
  static Optional<SearchPlace> place(
      Environment environment, PrivateDirectory directory, int major, SearchLog log) {
    Path folder = null;
    for (String name : CublasLibrary.names(major).reversed()) {
      URL url = environment.resources().apply(FOLDER + name);
      if (url == null) {
        log.add(ORIGIN, FOLDER + name, NativeLibrary.ABSENT);
        return Optional.empty();
      }
      try {
        folder = unpack(url, name, directory, folder);
      } catch (IOException e) {
        log.add(ORIGIN, url, "cannot be unpacked: " + e.getMessage());
        return Optional.empty();
      }
    }
    log.add(ORIGIN, folder, "unpacked");
    return Optional.of(new SearchPlace(ORIGIN, folder, Rank.USUAL));
  }

  private static Path unpack(URL url, String name, PrivateDirectory directory, Path folder)
      throws IOException {
    if (!(url.openConnection() instanceof JarURLConnection connection)) {
      throw new IOException("it is not in a jar");
    }
    connection.setUseCaches(false);
    try (JarFile jar = connection.getJarFile()) {
      JarEntry entry = connection.getJarEntry();
      // Both libraries go into the folder that is named after cuBLAS, the first of them.
      String target =
          folder != null
              ? folder.getFileName().toString()
              : "redist-%s-%d-%08x".formatted(name, entry.getSize(), entry.getCrc());
      return directory
          .storeLarge(target, name, entry.getSize(), () -> checked(jar, entry))
          .getParent();
    }
  }

  private static InputStream checked(JarFile jar, JarEntry entry) throws IOException {
    CheckedInputStream counted = new CheckedInputStream(jar.getInputStream(entry), new CRC32());
    return new FilterInputStream(counted) {
      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        if (count < 0 && counted.getChecksum().getValue() != entry.getCrc()) {
          throw new IOException(entry.getName() + " is damaged: its checksum is wrong");
        }
        return count;
      }
    };
  }
}
