package dev.lamina.io;

import dev.lamina.LaminaException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Replaces files whole or not at all. The content goes to a hidden temporary file in the same
 * folder, is synced to the disk, and takes the file's name by one atomic rename; then the folder is
 * synced. Whoever kills the process or the machine at any moment finds the old file or the new one.
 *
 * <p>A failure leaves no temporary file. Only a kill can: the next write of the same file removes
 * what a dead process left there, and leaves alone what a living one is writing. An interrupted
 * thread still writes to the end, so a run that is being stopped can save its state.
 */
public final class AtomicFile {
  private static final String SUFFIX = ".tmp";
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** What writes a file's content. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it; the stream is neither buffered nor to be closed. */
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Replaces or creates a file with this content. A symbolic link stays, and the file that it
   * points to is replaced.
   *
   * @throws LaminaException if the file cannot be written; it names the file and the remedy
   */
  public static void write(Path file, Content content) {
    Path temporary = null;
    try {
      Path target = Files.isSymbolicLink(file) ? file.toRealPath() : file.toAbsolutePath();
      Path folder = IoFailure.folderOf(target);
      String prefix = "." + target.getFileName() + ".";
      refuseProtected(target);
      OwnedFile.removeAbandoned(folder, prefix, SUFFIX);
      // Renamed while it is still locked: nobody takes it for abandoned.
      try (OwnedFile owned = OwnedFile.create(folder, prefix, SUFFIX, permissions(target))) {
        temporary = owned.path();
        content.writeTo(owned.out());
        owned.out().getFD().sync();
        keepPermissions(target, temporary);
        owned.moveTo(target);
        temporary = null;
      }
      syncFolder(folder);
    } catch (IOException e) {
      throw IoFailure.writing(file, e);
    } finally {
      deleteQuietly(temporary);
    }
  }

  /** Replaces or creates a file with these bytes. */
  public static void write(Path file, byte[] bytes) {
    write(file, out -> out.write(bytes));
  }

  /** Replaces or creates a file with this text in UTF-8. */
  public static void writeText(Path file, String text) {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A rename would overwrite a read-only file, and an empty folder on some systems; and it would
   * put a file where a device or a pipe was.
   */
  private static void refuseProtected(Path target) throws IOException {
    if (Files.isDirectory(target)) {
      throw new IOException("it is a folder");
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new IOException("it is a device, a pipe or a socket; name a file");
    }
    if (Files.exists(target) && !Files.isWritable(target)) {
      throw new AccessDeniedException(target.toString());
    }
  }

  /** Nobody may read of the new content what he may not read of the old, even for a moment. */
  private static FileAttribute<?>[] permissions(Path target) throws IOException {
    return Files.exists(target) && hasPermissions(target)
        ? new FileAttribute<?>[] {OWNER_ONLY}
        : new FileAttribute<?>[0];
  }

  private static void keepPermissions(Path target, Path temporary) throws IOException {
    if (Files.exists(target) && hasPermissions(target)) {
      Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(target));
    }
  }

  private static boolean hasPermissions(Path file) throws IOException {
    return Files.getFileStore(file).supportsFileAttributeView("posix");
  }

  /**
   * Makes the rename itself last; Windows offers no such call and needs none. A channel, unlike a
   * stream, gives up when its thread is interrupted, so that is put off.
   */
  private static void syncFolder(Path folder) throws IOException {
    boolean interrupted = false;
    boolean done = File.separatorChar != '/';
    try {
      while (!done) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
          channel.force(true);
          done = true;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void deleteQuietly(Path path) {
    if (path != null) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException ignored) {
        // The first failure is the one to report.
      }
    }
  }
}
