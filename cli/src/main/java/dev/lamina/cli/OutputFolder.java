package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.io.IoFailure;
import dev.lamina.io.ModelFolder;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * Where a model is saved: the folder that was asked for, or a new one named by the time. A new one
 * is made at once, so that runs that start together get a folder each; if nothing was saved there,
 * closing removes it.
 */
final class OutputFolder implements AutoCloseable {
  private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
  private static final int MOST_TRIES = 1000;

  private final Path path;
  private final List<Path> made;

  private OutputFolder(Path path, List<Path> made) {
    this.path = path;
    this.made = made;
  }

  /** The folder that was asked for, or a new one below {@code runs}; fails where none can be. */
  static OutputFolder of(Path asked) {
    if (asked == null) {
      return reserve(Path.of("runs"), LocalDateTime.now());
    }
    checkWritable(asked);
    return new OutputFolder(asked, List.of());
  }

  /** A new folder below another, named by a time. */
  static OutputFolder reserve(Path runs, LocalDateTime time) {
    boolean first = !Files.exists(runs);
    String name = time.format(NAME);
    Path folder = runs.resolve(name);
    int next = 2;
    for (int tries = 1; ; tries++) {
      try {
        Files.createDirectories(runs);
        Files.createDirectory(folder); // fails if another run was faster
        return new OutputFolder(folder, first ? List.of(folder, runs) : List.of(folder));
      } catch (FileAlreadyExistsException e) {
        if (Files.exists(runs) && !Files.isDirectory(runs)) {
          throw notMade(folder, e);
        }
        folder = runs.resolve(name + "-" + next++);
      } catch (IOException e) {
        // Another run may just have removed the folder above.
        if (!(e instanceof NoSuchFileException) || tries == MOST_TRIES) {
          throw notMade(folder, e);
        }
      }
    }
  }

  private static LaminaException notMade(Path folder, IOException e) {
    return new LaminaException(
        IoFailure.creating(folder, e).getMessage() + "; --out names another", e);
  }

  Path path() {
    return path;
  }

  /** Removes what was made and is empty. */
  @Override
  public void close() {
    try {
      for (Path folder : made) {
        Files.delete(folder);
      }
    } catch (IOException e) {
      // Something is in it, as it should be.
    }
  }

  /** Fails early, before a long training, where a model could not be saved; leaves no trace. */
  private static void checkWritable(Path folder) {
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
                + (Files.exists(file)
                    ? " is there and cannot be replaced"
                    : " is a link to a file that does not exist")
                + "; name another folder, or move it away");
      }
    }
  }

  private static String reason(IOException e) {
    return e instanceof FileSystemException file && file.getReason() != null
        ? " (" + file.getReason() + ")"
        : "";
  }
}
