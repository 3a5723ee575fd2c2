package dev.lamina.cpu.natives;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * Unpacks bundles of native libraries into the user's private folder, once.
 *
 * <p>Safe when several processes start at once and when one is killed: a file is written under
 * another name, synced, and renamed, so that it is there whole or not at all; a lock file lets one
 * process unpack while the others wait.
 */
public final class NativeCache {
  static final String TEMPORARY = ".tmp";

  /** One unpacking at a time within this JVM, where file locks do not exclude each other. */
  private static final Object LOCK = new Object();

  private NativeCache() {}

  /**
   * Unpacked libraries.
   *
   * @param folder where they are
   * @param temporary whether the folder should be deleted once they are loaded
   * @param note what the user should know, or empty
   */
  public record Unpacked(Path folder, boolean temporary, String note) {
    /** Deletes the files if they are temporary; a loaded library stays usable without its file. */
    public void discard() {
      if (!temporary) {
        return;
      }
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          Files.deleteIfExists(file);
        }
        Files.deleteIfExists(folder);
      } catch (IOException e) {
        folder.toFile().deleteOnExit(); // nothing else depends on it
      }
    }
  }

  /**
   * Makes sure that a bundle's files are there with the right content.
   *
   * @param cache the cache folder, see {@link CacheFolder#locate()}
   * @throws NativesException if the source lacks a file or has another one, or nothing can be
   *     written
   */
  public static Unpacked unpack(NativeBundle bundle, BundleSource source, Path cache)
      throws NativesException {
    synchronized (LOCK) {
      try {
        return new Unpacked(intoCache(bundle, source, cache), false, "");
      } catch (IOException e) {
        return intoTemporary(bundle, source, cache, e);
      }
    }
  }

  private static Path intoCache(NativeBundle bundle, BundleSource source, Path cache)
      throws IOException, NativesException {
    // Named by content as well, so that versions of Lamina live side by side.
    Path folder =
        cache
            .resolve("natives")
            .resolve(bundle.label() + "-" + bundle.files().getFirst().sha256().substring(0, 16));
    CacheFolder.makePrivate(folder);
    if (Verified.check(folder, bundle)) {
      return folder;
    }
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lock(channel)) {
      if (lock.isValid() && !Verified.check(folder, bundle)) {
        deleteLeftOvers(folder);
        writeFiles(bundle, source, folder);
        Verified.write(folder, bundle);
      }
    }
    return folder;
  }

  private static FileLock lock(FileChannel channel) throws IOException {
    while (true) {
      try {
        return channel.lock();
      } catch (OverlappingFileLockException e) {
        // Another class loader of this JVM has it.
        try {
          Thread.sleep(20);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted while waiting for another unpacking", interrupted);
        }
      }
    }
  }

  private static Unpacked intoTemporary(
      NativeBundle bundle, BundleSource source, Path cache, IOException why)
      throws NativesException {
    Path folder;
    try {
      folder = Files.createTempDirectory("lamina-natives-"); // made with mode 0700
      writeFiles(bundle, source, folder);
    } catch (IOException e) {
      e.addSuppressed(why);
      throw new NativesException(
          "the libraries of "
              + bundle.label()
              + " could be unpacked neither into "
              + cache
              + " ("
              + explain(why)
              + ") nor into a temporary folder ("
              + explain(e)
              + ")",
          "Name a folder that can be written with -D" + CacheFolder.PROPERTY + "=FOLDER",
          e);
    }
    return new Unpacked(
        folder,
        true,
        "the cache folder "
            + cache
            + " cannot be used ("
            + explain(why)
            + "), so every start unpacks "
            + bundle.label()
            + " anew, about a second; name another folder with "
            + CacheFolder.VARIABLE
            + " or -D"
            + CacheFolder.PROPERTY);
  }

  private static String explain(IOException e) {
    String name = e.getClass().getSimpleName().replaceAll("Exception$", "");
    return name.equals("IO") ? String.valueOf(e.getMessage()) : name + ": " + e.getMessage();
  }

  private static void deleteLeftOvers(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + TEMPORARY)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void writeFiles(NativeBundle bundle, BundleSource source, Path folder)
      throws IOException, NativesException {
    for (NativeFile file : bundle.files()) {
      Path target = folder.resolve(file.name());
      if (!Verified.matches(target, file)) {
        write(bundle, source, file, target);
      }
    }
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true); // the renames
    }
  }

  private static void write(NativeBundle bundle, BundleSource source, NativeFile file, Path target)
      throws IOException, NativesException {
    MessageDigest digest = Verified.sha256();
    Path temporary = Files.createTempFile(target.getParent(), file.name(), TEMPORARY);
    try {
      try (InputStream in = source.open(file);
          FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        if (in == null) {
          throw new NativesException(
              "the jar with " + file.name() + " is not on the class path",
              "Add " + bundle.artifact() + " to the class path",
              null);
        }
        byte[] block = new byte[1 << 18];
        for (int n = in.read(block); n > 0; n = in.read(block)) {
          digest.update(block, 0, n);
          ByteBuffer buffer = ByteBuffer.wrap(block, 0, n);
          while (buffer.hasRemaining()) {
            out.write(buffer);
          }
        }
        out.force(true);
      }
      String found = Verified.hex(digest);
      if (!found.equals(file.sha256())) {
        throw new NativesException(
            file.name()
                + " on the class path is not the one that this version was made for (SHA-256 "
                + found
                + ", expected "
                + file.sha256()
                + ")",
            "Use exactly " + bundle.artifact(),
            null);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
