package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.io.IoFailure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A text file's characters: UTF-8, or UTF-16 if a byte order mark says so; the mark is left out.
 */
final class CsvText {
  private CsvText() {}

  static Reader open(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("it is a folder");
    }
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      in.mark(3);
      byte[] start = in.readNBytes(3);
      in.reset();
      Charset charset = StandardCharsets.UTF_8;
      int mark = 0;
      if (start.length == 3 && start[0] == -17 && start[1] == -69 && start[2] == -65) {
        mark = 3;
      } else if (start.length >= 2 && start[0] == -1 && start[1] == -2) {
        charset = StandardCharsets.UTF_16LE;
        mark = 2;
      } else if (start.length >= 2 && start[0] == -2 && start[1] == -1) {
        charset = StandardCharsets.UTF_16BE;
        mark = 2;
      }
      in.skipNBytes(mark);
      return new InputStreamReader(
          in,
          charset
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT));
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** The error for what stopped the reading of a file. */
  static LaminaException failure(Path file, IOException cause) {
    if (!(cause instanceof CharacterCodingException)) {
      return IoFailure.reading(file, cause);
    }
    return new LaminaException(
        file
            + ": line "
            + undecodableLine(file)
            + ": not UTF-8 text; save the file as UTF-8, or give a CSV file",
        cause);
  }

  /**
   * Who reads in blocks loses the whole block that holds the fault, so the line is looked for anew,
   * character by character.
   */
  private static long undecodableLine(Path file) {
    long line = 1;
    try (Reader reader = open(file)) {
      for (int c = reader.read(); c >= 0; c = reader.read()) {
        line += c == '\n' ? 1 : 0;
      }
    } catch (IOException ignored) {
      // Here it is.
    }
    return line;
  }
}
