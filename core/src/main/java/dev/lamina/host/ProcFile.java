package dev.lamina.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Small files in which Linux tells of itself. */
final class ProcFile {
  private ProcFile() {}

  /** Its lines, none if it cannot be read. */
  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return List.of(); // not Linux, or no such thing here
    }
  }

  /** The number that a text begins with. */
  static long number(String text, long otherwise) {
    int end = 0;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return end == 0 || end > 18 ? otherwise : Long.parseLong(text.substring(0, end));
  }
}
