package dev.lamina.cli;

import dev.lamina.LaminaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/** Where a model is saved. */
final class OutputFolder {
  private OutputFolder() {}

  /** The folder that was asked for, or a new one named by the time. */
  static Path of(Path asked) {
    if (asked != null) {
      return asked;
    }
    String time = LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    return Path.of("runs", time);
  }

  /** Fails early, before a long training, where a model could not be saved; makes nothing. */
  static void checkWritable(Path folder) {
    Path present = folder.toAbsolutePath().normalize();
    while (!Files.exists(present) && present.getParent() != null) {
      present = present.getParent();
    }
    if (!Files.isDirectory(present)) {
      throw new LaminaException(
          "--out " + folder + ": " + present + " is a file; name a folder instead");
    }
    if (!Files.isWritable(present)) {
      throw new LaminaException(
          "--out "
              + folder
              + ": the folder "
              + present
              + " cannot be written; name another, or change its permissions");
    }
  }
}
