package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.io.AtomicFile;
import dev.lamina.io.IoFailure;
import dev.lamina.io.ModelFolder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The file that {@code --out} names for results. */
final class OutputFile {
  /** As many links in a row as Linux follows. */
  private static final int MOST_LINKS = 40;

  private OutputFile() {}

  /** Refuses a file that the command reads: the data or the model. */
  static void check(Path out, DataSource data, Path model) {
    if (data.has(out)) {
      throw new LaminaException(
          "--out " + out + ": this is a file of the data; name another for the predictions");
    }
    for (String name : List.of(ModelFolder.TENSORS, ModelFolder.DESCRIPTION)) {
      if (isSame(out, model.resolve(name))) {
        throw new LaminaException(
            "--out " + out + ": this is a file of the model; name another for the predictions");
      }
    }
  }

  /** Whether both paths lead to one file, or would. */
  static boolean isSame(Path one, Path other) {
    try {
      return Files.exists(one) && Files.exists(other)
          ? Files.isSameFile(one, other)
          : one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
    } catch (IOException e) {
      throw IoFailure.reading(one, e);
    }
  }

  /**
   * Writes text in UTF-8. A regular file is replaced as a whole, or made; a device, a pipe and what
   * this process has open, as {@code /dev/stdout}, is written into.
   */
  static void write(Path out, String text) {
    if (!isStream(out)) {
      AtomicFile.writeText(out, text);
      return;
    }
    // What a shell opened by >> keeps what it has.
    try (OutputStream stream =
        Files.newOutputStream(out, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw IoFailure.writing(out, e);
    }
  }

  private static boolean isStream(Path out) {
    return Files.exists(out)
        && !Files.isDirectory(out)
        && (!Files.isRegularFile(out) || isOpenFile(out));
  }

  /** Whether it is a link to one of the process's open files, as {@code /dev/stdout} is. */
  private static boolean isOpenFile(Path out) {
    try {
      Path path = out.toAbsolutePath();
      for (int i = 0; i < MOST_LINKS && Files.isSymbolicLink(path); i++) {
        if (path.getParent().toRealPath().startsWith("/proc")) {
          return true;
        }
        path = path.resolveSibling(Files.readSymbolicLink(path));
      }
      return false;
    } catch (IOException e) {
      throw IoFailure.writing(out, e);
    }
  }
}
