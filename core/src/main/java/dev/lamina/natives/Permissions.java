package dev.lamina.natives;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Who else can write to a folder or a file, by the owners and modes of Linux. */
final class Permissions {
  private static final int STICKY = 01000;
  private static final int WRITABLE_BY_OTHERS = 022;
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<?> AS_PRIVATE = PosixFilePermissions.asFileAttribute(PRIVATE);

  private Permissions() {}

  /**
   * Makes a folder if need be, and those above it, and answers its real path.
   *
   * @throws IOException if others can write to it or exchange it; nothing is changed then
   */
  static Path secure(Path folder) throws IOException {
    Path above = folder;
    List<Path> missing = new ArrayList<>();
    while (!Files.exists(above, LinkOption.NOFOLLOW_LINKS)) {
      missing.addFirst(above);
      above = above.getParent();
    }
    requireSafe(above.toRealPath(), missing.isEmpty());
    for (Path each : missing) {
      make(each);
    }
    // Again, for others may have been faster in making one of them.
    Path real = folder.toRealPath();
    requireSafe(real, true);
    return real;
  }

  /** Refuses a folder, without links in its path, that others can write to or exchange. */
  private static void requireSafe(Path real, boolean ours) throws IOException {
    requireUnwritable(real, ours);
    // Not the root: within a user namespace it may belong to nobody.
    for (Path each = real.getParent();
        each != null && each.getParent() != null;
        each = each.getParent()) {
      requireUnwritable(each, false);
    }
  }

  /**
   * Makes a folder within a safe one, if need be. If others could write to it so far, everything in
   * it is deleted: they may have put it there.
   */
  static void makePrivate(Path folder) throws IOException {
    make(folder);
    requireOwner(folder, true);
    int mode = mode(folder);
    if ((mode & 0777) != 0700) {
      Files.setPosixFilePermissions(folder, PRIVATE);
    }
    if ((mode & WRITABLE_BY_OTHERS) != 0) {
      // From now on nobody adds anything.
      try (Stream<Path> content = Files.list(folder)) {
        content.toList().forEach(Permissions::delete);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
  }

  private static void make(Path folder) throws IOException {
    try {
      Files.createDirectory(folder, AS_PRIVATE);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw new IOException(folder + " is not a folder", e);
      }
    }
  }

  private static void requireUnwritable(Path folder, boolean ours) throws IOException {
    requireOwner(folder, ours);
    int mode = mode(folder);
    // In a folder with the sticky bit, as /tmp has it, others cannot exchange what is not theirs.
    if ((mode & WRITABLE_BY_OTHERS) != 0 && (ours || (mode & STICKY) == 0)) {
      throw new IOException(
          "others can write to " + folder + " (mode " + Integer.toOctalString(mode & 07777) + ")");
    }
  }

  private static int mode(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
  }

  private static void requireOwner(Path folder, boolean ours) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(folder + " is not a folder");
    }
    int owner = (Integer) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    if (owner != user() && (ours || owner != 0)) {
      throw new IOException(folder + " belongs to another user (" + owner + ")");
    }
  }

  /** Whether a path is a folder of this user, and of no other. */
  static boolean isPrivate(Path folder) throws IOException {
    requireOwner(folder, true);
    return (mode(folder) & 0777) == 0700;
  }

  /** Whether a file is a regular one that this user made, and no other can write to. */
  static boolean isOurs(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    Map<String, Object> now =
        Files.readAttributes(file, "unix:uid,mode,nlink", LinkOption.NOFOLLOW_LINKS);
    return (Integer) now.get("uid") == user()
        && ((Integer) now.get("mode") & WRITABLE_BY_OTHERS) == 0
        && (Integer) now.get("nlink") == 1;
  }

  private static int user() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  /** Deletes a file, or a folder with all that is in it; links are not followed. */
  static void delete(Path path) {
    try (Stream<Path> below = Files.walk(path)) {
      for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is wrong, in words. */
  static String message(IOException e) {
    return e instanceof FileSystemException failure && failure.getReason() == null
        ? e.getClass().getSimpleName().replaceAll("Exception$", "") + ": " + e.getMessage()
        : String.valueOf(e.getMessage());
  }
}
