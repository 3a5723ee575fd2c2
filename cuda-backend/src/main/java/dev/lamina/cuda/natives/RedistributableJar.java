package dev.lamina.cuda.natives;

import dev.lamina.LaminaException;
import dev.lamina.cuda.natives.SearchPlace.Rank;
import dev.lamina.natives.NativeCache;
import dev.lamina.natives.NativeFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
      Environment environment, NativeCache cache, int major, SearchLog log) {
    List<NativeFile> files = new ArrayList<>();
    String folder = "redist";
    for (String name : CublasLibrary.names(major).reversed()) {
      URL url = environment.resources().apply(FOLDER + name);
      if (url == null) {
        log.add(ORIGIN, FOLDER + name, NativeLibrary.ABSENT);
        return Optional.empty();
      }
      try (JarFile jar = open(url)) {
        JarEntry entry = jar.getJarEntry(FOLDER + name);
        files.add(new NativeFile(name, entry.getSize(), null, () -> content(url, entry)));
        folder += "-%s-%d-%08x".formatted(name, entry.getSize(), entry.getCrc());
      } catch (IOException e) {
        log.add(ORIGIN, url, "cannot be unpacked: " + e.getMessage());
        return Optional.empty();
      }
    }
    try {
      Path unpacked = cache.store(folder, files);
      log.add(ORIGIN, unpacked, "unpacked");
      return Optional.of(new SearchPlace(ORIGIN, unpacked, Rank.USUAL));
    } catch (IOException | LaminaException e) {
      log.add(ORIGIN, FOLDER, "cannot be unpacked: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static JarFile open(URL url) throws IOException {
    if (!(url.openConnection() instanceof JarURLConnection connection)) {
      throw new IOException("it is not in a jar");
    }
    connection.setUseCaches(false);
    return connection.getJarFile();
  }

  /** The content of an entry; its end is an error if the checksum is wrong. */
  private static InputStream content(URL url, JarEntry entry) throws IOException {
    JarFile jar = open(url);
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

      @Override
      public void close() throws IOException {
        try (jar) {
          super.close();
        }
      }
    };
  }
}
