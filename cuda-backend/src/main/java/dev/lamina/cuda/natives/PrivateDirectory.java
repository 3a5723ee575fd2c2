package dev.lamina.cuda.natives;

import dev.lamina.cuda.natives.Environment.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder that nobody but the user (and root) can write to, neither directly nor by exchanging a
 * folder above it. Native libraries are loaded from nowhere else than there and the system.
 *
 * <p>Files appear whole or not at all, so several processes may store the same at once.
 */
final class PrivateDirectory {
  private static final String NAME = "lamina";
  private static final int STICKY = 01000;
  private static final int WRITABLE_BY_OTHERS = 022;

  private final Path path;

  private PrivateDirectory(Path path) {
    this.path = path;
  }

  /**
   * Opens the user's cache folder: {@code lamina.cache}, else {@code $XDG_CACHE_HOME/lamina}, else
   * {@code ~/.cache/lamina}. Where none can be trusted it makes a new one that is deleted when the
   * JVM ends.
   *
   * @throws UnusableException if the setting names a folder that cannot be trusted, or none can be
   *     made
   */
  static PrivateDirectory open(Environment environment, SearchLog log) throws UnusableException {
    Optional<Setting> setting =
        environment.setting(Environment.CACHE_PROPERTY, Environment.CACHE_VARIABLE);
    if (setting.isPresent()) {
      Path folder = environment.at(setting.get().value());
      try {
        return new PrivateDirectory(secure(folder));
      } catch (IOException e) {
        throw new UnusableException(
            setting.get().name() + "=" + folder + " cannot hold native libraries: " + message(e),
            "Name a folder that only you can write to, or remove the setting",
            e);
      }
    }
    for (Path folder : usual(environment)) {
      try {
        return new PrivateDirectory(secure(folder));
      } catch (IOException e) {
        log.add("cache", folder, message(e));
      }
    }
    try {
      Path folder = Files.createTempDirectory(NAME + "-"); // with permissions 0700
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      log.add("cache", folder, "made for this run");
      return new PrivateDirectory(secure(folder));
    } catch (IOException e) {
      throw new UnusableException(
          "there is no folder to unpack native libraries into: " + message(e),
          "Set " + Environment.CACHE_PROPERTY + " to a folder that only you can write to",
          e);
    }
  }

  private static List<Path> usual(Environment environment) {
    List<Path> folders = new ArrayList<>();
    environment
        .variable("XDG_CACHE_HOME")
        .ifPresent(v -> folders.add(environment.at(v.value()).resolve(NAME)));
    String home = environment.properties().get("user.home");
    if (home != null && home.startsWith("/")) {
      folders.add(environment.at(home).resolve(".cache").resolve(NAME));
    }
    return folders;
  }

  /** Where it is. */
  Path path() {
    return path;
  }

  /** A folder in it, made if need be. */
  Path folder(String name) throws IOException {
    Path folder = path.resolve(name);
    makePrivate(folder);
    requireSafe(folder, true);
    return folder;
  }

  /**
   * Stores a file unless it is there with exactly this content.
   *
   * @return its path
   */
  Path store(String folder, String name, byte[] content) throws IOException {
    Path file = folder(folder).resolve(name);
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.size(file) == content.length
        && Digests.sha256(file).equals(Digests.sha256(content))) {
      return file;
    }
    Path part = Files.createTempFile(file.getParent(), name, ".part");
    try {
      Files.write(part, content);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
    return file;
  }

  /** Where the content of a large file comes from. */
  interface Source {
    InputStream open() throws IOException;
  }

  /**
   * Stores a file that is too large to be compared at each start, unless one of its size is there.
   * The folder's name must tell its content. One process at a time writes; the others wait for it.
   */
  Path storeLarge(String folder, String name, long bytes, Source source) throws IOException {
    Path file = folder(folder).resolve(name);
    try (FileChannel channel =
            FileChannel.open(
                file.resolveSibling(name + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == bytes) {
        return file;
      }
      Path part = Files.createTempFile(file.getParent(), name, ".part");
      try (InputStream in = source.open()) {
        long copied = Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
        if (copied != bytes) {
          throw new IOException(name + ": expected " + bytes + " bytes, got " + copied);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
      assert lock.isValid();
      return file;
    }
  }

  /** Makes a folder if need be and answers its real path, if it is safe from others. */
  private static Path secure(Path folder) throws IOException {
    Path above = folder;
    List<Path> missing = new ArrayList<>();
    while (above != null && !Files.exists(above, LinkOption.NOFOLLOW_LINKS)) {
      missing.addFirst(above);
      above = above.getParent();
    }
    for (Path each : missing) {
      makePrivate(each);
    }
    Path real = folder.toRealPath();
    requireSafe(real, true);
    // Not the root: within a user namespace it may belong to nobody.
    for (Path each = real.getParent();
        each != null && each.getParent() != null;
        each = each.getParent()) {
      requireSafe(each, false);
    }
    Path probe = Files.createTempFile(real, "probe", ".part"); // a read-only disk, a full quota
    Files.delete(probe);
    return real;
  }

  private static void makePrivate(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  private static void requireSafe(Path folder, boolean ours) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(folder + " is not a folder");
    }
    int owner = (Integer) Files.getAttribute(folder, "unix:uid");
    int user = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (owner != user && (ours || owner != 0)) {
      throw new IOException(folder + " belongs to another user (" + owner + ")");
    }
    int mode = (Integer) Files.getAttribute(folder, "unix:mode");
    // In a folder with the sticky bit, as /tmp has it, others cannot exchange what is not theirs.
    if ((mode & WRITABLE_BY_OTHERS) != 0 && (ours || (mode & STICKY) == 0)) {
      throw new IOException(
          "others can write to " + folder + " (mode " + Integer.toOctalString(mode & 07777) + ")");
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      System.getLogger(PrivateDirectory.class.getName())
          .log(System.Logger.Level.DEBUG, "cannot delete " + folder, e);
    }
  }

  private static String message(IOException e) {
    return e instanceof FileSystemException f && f.getReason() == null
        ? e.getClass().getSimpleName() + " " + e.getMessage()
        : e.getMessage();
  }
}
