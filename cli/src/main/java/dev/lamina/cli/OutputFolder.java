package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.io.ModelFolder;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** Where a model is saved. */
final class OutputFolder {
  private OutputFolder() {}

  /** The folder that was asked for, or a new one named by the time. */
  static Path of(Path asked) {
    if (asked != null) {
      return asked;
    }
    String time = LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    Path folder = Path.of("runs", time);
    for (int i = 2; Files.exists(folder); i++) {
      folder = Path.of("runs", time + "-" + i);
    }
    return folder;
  }

  /** Fails early, before a long training, where a model could not be saved; leaves no trace. */
  static void checkWritable(Path folder) {
    Path present = folder.toAbsolutePath().normalize();
    while (!Files.exists(present) && present.getParent() != null) {
      present = present.getParent();
    }
    if (!Files.isDirectory(present)) {
      throw new LaminaException(
          "--out " + folder + ": " + present + " is a file; name a folder instead");
    }
    try {
      // Permissions do not tell of a read-only file system.
      Files.delete(Files.createTempFile(present, ".lamina", ".tmp"));
    } catch (IOException e) {
      throw new LaminaException(
          "--out "
              + folder
              + ": nothing can be written to the folder "
              + present
              + reason(e)
              + "; name another, or change its permissions",
          e);
    }
    for (String name : List.of(ModelFolder.TENSORS, ModelFolder.DESCRIPTION)) {
      Path file = folder.resolve(name);
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          && !(Files.isRegularFile(file) && Files.isWritable(file))) {
        throw new LaminaException(
            "--out "
                + folder
                + ": "
                + file
                + " is there and cannot be replaced; name another folder, or move it away");
      }
    }
  }

  private static String reason(IOException e) {
    return e instanceof FileSystemException file && file.getReason() != null
        ? " (" + file.getReason() + ")"
        : "";
  }
}
