package dev.lamina.io;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A new temporary file that shows whether somebody still works with it: it is locked until it is
 * closed, and the system unlocks it when its process ends, however that happens. Process numbers
 * say nothing of the kind: in a container every process may have the number 1.
 *
 * <p>Where a file system has no locks, nothing counts as abandoned. One thread at a time may use an
 * object; the static methods may be called by any.
 */
public final class OwnedFile implements AutoCloseable {
  private static final int ATTEMPTS = 100;

  /**
   * The open files of this virtual machine. Looking at one would unlock it: the system gives up all
   * locks of a process on a file as soon as the process closes any handle of it.
   */
  private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileOutputStream out;

  private OwnedFile(Path path, FileOutputStream out) {
    this.path = path;
    this.out = out;
  }

  /**
   * Makes an empty file {@code prefix + 16 hexadecimal digits + suffix}.
   *
   * @param attributes for example the permissions that it is made with
   */
  public static OwnedFile create(
      Path folder, String prefix, String suffix, FileAttribute<?>... attributes)
      throws IOException {
    Path place = folder.toRealPath();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      String digits = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
      Path path = place.resolve(prefix + digits + suffix);
      OURS.add(path);
      OwnedFile made = null;
      try {
        Files.createFile(path, attributes);
        made = open(path);
      } finally {
        if (made == null) {
          OURS.remove(path);
        }
      }
      if (made != null) {
        return made;
      }
    }
    throw new IOException("another process removes every new file");
  }

  /** Null if somebody who tidied up came between, and found a file that was not yet locked. */
  private static OwnedFile open(Path path) throws IOException {
    FileOutputStream out = new FileOutputStream(path.toFile());
    boolean mine = false;
    try {
      mine = lock(out.getChannel()) && Files.exists(path);
    } finally {
      if (!mine) {
        out.close();
        Files.deleteIfExists(path);
      }
    }
    return mine ? new OwnedFile(path, out) : null;
  }

  /** False if somebody else has the lock. */
  private static boolean lock(FileChannel channel) {
    try {
      return channel.tryLock() != null;
    } catch (IOException e) {
      return true; // no locks here, so nobody will take the file for abandoned
    } catch (OverlappingFileLockException e) {
      return false; // another class loader of this virtual machine tidies up
    }
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** Writes to it; an interrupt does not disturb that. Not to be closed. */
  public FileOutputStream out() {
    return out;
  }

  /**
   * Renames it in one go, replacing what has that name; all that is left to do then is to close.
   */
  public void moveTo(Path target) throws IOException {
    if (File.separatorChar != '/') {
      close(); // Windows renames no open file
    }
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Closes and unlocks the file, which stays. */
  @Override
  public void close() throws IOException {
    try {
      out.close();
    } finally {
      OURS.remove(path);
    }
  }

  /** What to do with an abandoned file while nobody else can have it. */
  @FunctionalInterface
  public interface Heir {
    /** Takes the file; what is left of it is deleted afterwards. */
    void take(Path file) throws IOException;
  }

  /** Deletes the files of such names that nobody works with any more. */
  public static void removeAbandoned(Path folder, String prefix, String suffix) {
    removeAbandoned(folder, prefix, suffix, file -> {});
  }

  /**
   * Deletes the files of such names that nobody works with any more. What cannot be looked at or
   * deleted stays: tidying up must not stand in the way of what a caller is about to do, which
   * reports what is wrong.
   *
   * @param heir is given each before it is deleted
   */
  public static void removeAbandoned(Path folder, String prefix, String suffix, Heir heir) {
    DirectoryStream.Filter<Path> named =
        path -> isNamed(path.getFileName().toString(), prefix, suffix);
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder.toRealPath(), named)) {
      for (Path path : found) {
        if (!OURS.contains(path)) {
          removeIfAbandoned(path, heir);
        }
      }
    } catch (IOException | DirectoryIteratorException ignored) {
      // See above.
    }
  }

  private static boolean isNamed(String name, String prefix, String suffix) {
    int end = name.length() - suffix.length();
    return name.startsWith(prefix)
        && name.endsWith(suffix)
        && end >= prefix.length()
        && name.substring(prefix.length(), end).matches("[0-9a-f]{16}");
  }

  private static void removeIfAbandoned(Path path, Heir heir) {
    try (FileChannel channel =
            FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        heir.take(path);
        Files.deleteIfExists(path);
      }
    } catch (IOException | OverlappingFileLockException ignored) {
      // Not ours to open, deleted meanwhile, or no locks here.
    }
  }
}
