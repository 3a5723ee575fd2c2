package dev.lamina.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A new temporary folder that only its user may enter. It is deleted when it is closed; where a
 * kill has prevented that, the next one of the same kind does it: beside each folder lies an {@link
 * OwnedFile} that is locked as long as the folder is in use.
 */
public final class OwnedFolder implements AutoCloseable {
  private static final String LOCK = ".lock";

  private final Path path;
  private final OwnedFile lock;

  private OwnedFolder(Path path, OwnedFile lock) {
    this.path = path;
    this.lock = lock;
  }

  /** Makes a folder and deletes those of the same prefix that dead processes of this user left. */
  public static OwnedFolder create(Path parent, String prefix) throws IOException {
    boolean posix = Files.getFileStore(parent).supportsFileAttributeView("posix");
    OwnedFile lock =
        OwnedFile.create(parent, prefix, LOCK, posix ? only("rw-------") : new FileAttribute<?>[0]);
    Path folder = folderOf(lock.path());
    boolean made = false;
    try {
      Files.createDirectory(folder, posix ? only("rwx------") : new FileAttribute<?>[0]);
      made = true;
    } finally {
      if (!made) {
        release(lock);
      }
    }
    UserPrincipal user = Files.getOwner(folder);
    OwnedFile.removeAbandoned(parent, prefix, LOCK, file -> deleteOf(user, folderOf(file)));
    return new OwnedFolder(folder, lock);
  }

  private static FileAttribute<?>[] only(String permissions) {
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
    };
  }

  private static Path folderOf(Path lock) {
    String name = lock.getFileName().toString();
    return lock.resolveSibling(name.substring(0, name.length() - LOCK.length()));
  }

  /** In a folder of another user, he could exchange what is in it while it is being deleted. */
  private static void deleteOf(UserPrincipal user, Path folder) throws IOException {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(user)) {
        throw new IOException(folder + " belongs to another user");
      }
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void release(OwnedFile lock) throws IOException {
    try {
      Files.deleteIfExists(lock.path());
    } finally {
      lock.close();
    }
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** Deletes the folder with all that is in it; closing twice does nothing. */
  @Override
  public void close() throws IOException {
    try {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        delete(path);
      }
    } finally {
      release(lock);
    }
  }
}
