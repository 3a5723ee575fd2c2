package dev.lamina.io;

import dev.lamina.LaminaException;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Replaces files whole or not at all. The content goes to a hidden temporary file in the same
 * folder, is synced to the disk, and takes the file's name by one atomic rename; then the folder is
 * synced. Whoever kills the process or the machine at any moment finds the old file or the new one.
 *
 * <p>A failure leaves no temporary file. Only a kill can: the next write of the same file removes
 * what a dead process left there over an hour ago. An interrupted thread still writes to the end,
 * so a run that is being stopped can save its state.
 */
public final class AtomicFile {
  private static final Duration STALE = Duration.ofHours(1);
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
      refuseProtected(target);
      removeStale(target);
      temporary = create(temporaryFor(target), target);
      try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
        content.writeTo(out);
        out.getFD().sync();
      }
      keepPermissions(target, temporary);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      temporary = null;
      syncFolder(IoFailure.folderOf(target));
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

  private static Path temporaryFor(Path target) {
    long random = ThreadLocalRandom.current().nextLong();
    return target.resolveSibling(
        prefixFor(target)
            + ProcessHandle.current().pid()
            + "-"
            + Long.toHexString(random)
            + SUFFIX);
  }

  private static String prefixFor(Path target) {
    return "." + target.getFileName() + ".";
  }

  private static void removeStale(Path target) {
    String prefix = prefixFor(target);
    DirectoryStream.Filter<Path> ours =
        path -> {
          String name = path.getFileName().toString();
          return name.startsWith(prefix) && name.endsWith(SUFFIX);
        };
    try (DirectoryStream<Path> left = Files.newDirectoryStream(target.getParent(), ours)) {
      for (Path path : left) {
        String rest = path.getFileName().toString().substring(prefix.length());
        if (rest.matches("\\d{1,18}-[0-9a-f]+\\.tmp")
            && ProcessHandle.of(Long.parseLong(rest.substring(0, rest.indexOf('-')))).isEmpty()
            && Files.getLastModifiedTime(path).toInstant().isBefore(Instant.now().minus(STALE))) {
          deleteQuietly(path);
        }
      }
    } catch (IOException | DirectoryIteratorException ignored) {
      // Tidying up must not stand in the way of the write, which reports what is wrong.
    }
  }

  /** Nobody may read of the new content what he may not read of the old, even for a moment. */
  private static Path create(Path temporary, Path target) throws IOException {
    return Files.exists(target) && hasPermissions(target)
        ? Files.createFile(temporary, OWNER_ONLY)
        : Files.createFile(temporary);
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
