package dev.lamina.io;

import dev.lamina.LaminaException;
import java.io.IOException;
import java.io.Serial;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** What an {@link IOException} means to a user: the file, the reason and the remedy. */
public final class IoFailure {
  private IoFailure() {}

  /** The error for a file that could not be read. */
  public static LaminaException reading(Path file, IOException cause) {
    return new LaminaException("cannot read " + file + ": " + whyNotRead(file, cause), cause);
  }

  /** The error for a file that could not be written; what was there before is untouched. */
  public static LaminaException writing(Path file, IOException cause) {
    return new LaminaException("cannot write " + file + ": " + whyNotWritten(file, cause), cause);
  }

  /** The error for a folder that could not be created. */
  public static LaminaException creating(Path folder, IOException cause) {
    Path there = folder.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    String why;
    if (!Files.isDirectory(there)) {
      why = there + " is a file; choose another name";
    } else if (!Files.isWritable(there)) {
      why = "you may not write to " + there + "; change its permissions or choose another";
    } else {
      why = reason(cause);
    }
    return new LaminaException("cannot create the folder " + folder + ": " + why, cause);
  }

  /**
   * Refuses folders, devices, pipes and sockets: a device may give bytes without end, and opening a
   * pipe waits until somebody writes.
   */
  public static void requireRegular(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new NotRegularException(file);
    }
  }

  private static final class NotRegularException extends FileSystemException {
    @Serial private static final long serialVersionUID = 1L;

    NotRegularException(Path file) {
      super(file.toString());
    }
  }

  private static String whyNotRead(Path file, IOException cause) {
    if (cause instanceof NoSuchFileException || !Files.exists(file)) {
      return "there is no such file; check the path";
    }
    if (Files.isDirectory(file)) {
      return "it is a folder; expected a file";
    }
    if (cause instanceof AccessDeniedException || !Files.isReadable(file)) {
      return "you may not read it; change its permissions";
    }
    if (cause instanceof NotRegularException) {
      return "it is a device, a pipe or a socket; expected a file";
    }
    return reason(cause);
  }

  private static String whyNotWritten(Path file, IOException cause) {
    Path folder = folderOf(file);
    String reason = reason(cause);
    String lower = reason.toLowerCase(Locale.ROOT);
    if (Files.isDirectory(file)) {
      return "it is a folder; name a file in it";
    }
    if (Files.isSymbolicLink(file) && !Files.exists(file)) {
      return "it is a link to a file that does not exist; remove the link";
    }
    if (lower.contains("no space left") || lower.contains("quota")) {
      return reason + "; free some space or choose another folder";
    }
    if (lower.contains("too long")) {
      return reason + "; choose a shorter name";
    }
    if (lower.contains("read-only")) {
      return reason + "; choose another folder";
    }
    if (!Files.exists(folder)) {
      return "the folder " + folder + " does not exist; create it or choose another";
    }
    if (!Files.isDirectory(folder)) {
      return folder + " is a file, not a folder; choose another folder";
    }
    if (cause instanceof AccessDeniedException || !Files.isWritable(folder)) {
      return "you may not write to "
          + (Files.isWritable(folder) ? file : "the folder " + folder)
          + "; change its permissions or choose another folder";
    }
    return reason;
  }

  static Path folderOf(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }

  private static String reason(IOException cause) {
    if (cause instanceof FileSystemException e && e.getReason() != null) {
      return e.getReason();
    }
    String message = cause.getMessage();
    return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
  }
}
