package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.io.IoFailure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A text file's characters: UTF-8, or UTF-16 if a byte order mark says so; the mark is left out.
 */
final class CsvText {
  private static final int BLOCK = 1 << 16;

  /** A file whose mark has been read. */
  private record Opened(InputStream in, CharsetDecoder decoder) {}

  private CsvText() {}

  static Reader open(Path file) throws IOException {
    Opened opened = openBytes(file);
    return new InputStreamReader(opened.in(), opened.decoder());
  }

  private static Opened openBytes(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("it is a folder");
    }
    InputStream in = new BufferedInputStream(Files.newInputStream(file), BLOCK);
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
      return new Opened(
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

  /** Readers drop what stands before the fault in the same block, so it is looked for anew. */
  private static long undecodableLine(Path file) {
    long line = 1;
    try {
      Opened opened = openBytes(file);
      try (InputStream in = opened.in()) {
        ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
        CharBuffer chars = CharBuffer.allocate(BLOCK);
        CoderResult result = CoderResult.UNDERFLOW;
        int n = 0;
        while (n >= 0 && !result.isError()) {
          n = in.read(bytes.array(), bytes.position(), bytes.remaining());
          bytes.position(bytes.position() + Math.max(0, n)).flip();
          result = opened.decoder().decode(bytes, chars, n < 0);
          line += chars.flip().chars().filter(c -> c == '\n').count();
          chars.clear();
          bytes.compact();
        }
      }
    } catch (IOException ignored) {
      // As far as it could be read.
    }
    return line;
  }
}
