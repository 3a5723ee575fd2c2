package dev.lamina.fuzz;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The cells of a CSV file by RFC 4180: what the reader says is compared with them. Blanks around
 * cells and empty lines do not count, and a quote within a cell stands for itself. Where anything
 * follows a cell's closing quote, or it has none, nothing is said.
 */
final class PlainTable {
  private final String text;
  private final char separator;
  private final List<List<String>> rows = new ArrayList<>();
  private int at;

  private PlainTable(String text, char separator) {
    this.text = text;
    this.separator = separator;
  }

  /** A file's characters. */
  static String text(byte[] bytes) {
    boolean utf16 =
        bytes.length >= 2 && (bytes[0] & bytes[1] & 0xFE) == 0xFE && bytes[0] != bytes[1];
    Charset charset = utf16 ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
    String text = new String(bytes, charset);
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  /** The rows; null where they cannot be told by the RFC. */
  static List<List<String>> rows(String text, char separator) {
    PlainTable table = new PlainTable(text, separator);
    while (table.at < text.length()) {
      if (!table.row()) {
        return null;
      }
    }
    return table.rows;
  }

  private boolean row() {
    int start = at;
    List<String> row = new ArrayList<>();
    boolean more;
    do {
      String cell = cell();
      if (cell == null) {
        return false;
      }
      row.add(cell);
      more = at < text.length() && text.charAt(at) == separator;
      at += more ? 1 : 0;
    } while (more);
    if (at > start) {
      rows.add(row);
    }
    if (text.startsWith("\r\n", at)) {
      at++;
    }
    at++;
    return true;
  }

  private boolean ends(int i) {
    return i == text.length() || text.charAt(i) == separator || "\r\n".indexOf(text.charAt(i)) >= 0;
  }

  private void blanks() {
    while (!ends(at) && text.charAt(at) <= ' ') {
      at++;
    }
  }

  /** A cell up to its separator or the line's end; null if something follows its quotes. */
  private String cell() {
    int start = at;
    blanks();
    if (ends(at) || text.charAt(at) != '"') {
      while (!ends(at)) {
        at++;
      }
      return text.substring(start, at).strip();
    }
    StringBuilder cell = new StringBuilder();
    at++;
    while (at < text.length() && (text.charAt(at) != '"' || text.startsWith("\"\"", at))) {
      cell.append(text.charAt(at));
      at += text.charAt(at) == '"' ? 2 : 1;
    }
    if (at++ >= text.length()) {
      return null;
    }
    blanks();
    return ends(at) ? cell.toString().strip() : null;
  }
}
