package dev.lamina.natives;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A private folder for this run, deleted at its end at the latest. What a killed process left is
 * deleted by the next that needs one: a lock, which the system takes from the dead, tells whether
 * its process lives.
 */
final class TemporaryDirectory implements AutoCloseable {
  private static final String PREFIX = "lamina-natives-";
  private static final String ALIVE = "alive";

  /** Between making a folder and locking it. */
  private static final Duration JUST_MADE = Duration.ofMinutes(1);

  /**
   * This process's folders. Their locks must not be tried: to close a second channel of a locked
   * file releases the lock.
   */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final PrivateDirectory directory;
  private final FileChannel alive;

  private TemporaryDirectory(PrivateDirectory directory, FileChannel alive) {
    this.directory = directory;
    this.alive = alive;
  }

  /** Makes one in the system's folder for temporary files. */
  static TemporaryDirectory make() throws IOException {
    try {
      return make(Path.of(System.getProperty("java.io.tmpdir")));
    } catch (InvalidPathException e) {
      throw new IOException("no folder can be called so in this locale: " + e.getReason(), e);
    }
  }

  static TemporaryDirectory make(Path within) throws IOException {
    deleteDead(within);
    Path made = Files.createTempDirectory(within, PREFIX); // with mode 0700
    try {
      return of(Permissions.secure(made));
    } catch (IOException e) {
      Permissions.delete(made);
      throw e;
    }
  }

  private static TemporaryDirectory of(Path folder) throws IOException {
    FileChannel alive =
        FileChannel.open(
            folder.resolve(ALIVE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    alive.lock();
    TemporaryDirectory result = new TemporaryDirectory(new PrivateDirectory(folder), alive);
    OWN.add(folder);
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(result::close, "lamina-natives"));
    } catch (IllegalStateException e) {
      result.close();
      throw new IOException("the virtual machine is ending", e);
    }
    return result;
  }

  Path path() {
    return directory.path();
  }

  PrivateDirectory directory() {
    return directory;
  }

  static void deleteDead(Path within) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(within, PREFIX + "*")) {
      for (Path folder : folders) {
        if (isDead(folder)) {
          Permissions.delete(folder);
        }
      }
    } catch (IOException | UncheckedIOException | DirectoryIteratorException e) {
      log("cannot tidy up " + within, e);
    }
  }

  private static boolean isDead(Path folder) {
    try {
      Path lock = folder.resolve(ALIVE);
      if (OWN.contains(folder.toRealPath())
          || !Permissions.isPrivate(folder)
          || Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS)
              .toInstant()
              .isAfter(Instant.now().minus(JUST_MADE))) {
        return false;
      }
      try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
        return channel.tryLock() != null;
      }
    } catch (IOException | OverlappingFileLockException e) {
      return false; // another user's, or one of this process
    }
  }

  @Override
  public void close() {
    try (alive) {
      if (Files.exists(path())) {
        Permissions.delete(path());
      }
    } catch (IOException | UncheckedIOException e) {
      log("cannot delete " + path(), e);
    }
  }

  private static void log(String what, Exception e) {
    System.getLogger(TemporaryDirectory.class.getName()).log(System.Logger.Level.DEBUG, what, e);
  }
}
