package dev.lamina.data;

/** Finds out what separates the cells of a CSV file from its first lines. */
final class CsvSeparator {
  /** The rarer a character is within cells, the earlier it stands. */
  private static final char[] CANDIDATES = {'\t', ';', ','};

  private static final int LINES = 20;

  private CsvSeparator() {}

  /**
   * The first candidate that occurs equally often in each of the first lines, outside quotes; if
   * there is none, the one most frequent in the first line; a comma if there is no separator at
   * all. So {@code 1,5;2,5} has a semicolon and decimal commas.
   */
  static char detect(CharSequence sample, boolean isWhole) {
    int[][] counts = new int[LINES][CANDIDATES.length];
    int lines = count(sample, isWhole, counts);
    for (int k = 0; k < CANDIDATES.length; k++) {
      boolean equal = lines > 0 && counts[0][k] > 0;
      for (int line = 1; line < lines; line++) {
        equal &= counts[line][k] == counts[0][k];
      }
      if (equal) {
        return CANDIDATES[k];
      }
    }
    int best = CANDIDATES.length - 1;
    for (int k = CANDIDATES.length - 2; k >= 0; k--) {
      if (counts[0][k] > counts[0][best]) {
        best = k;
      }
    }
    return CANDIDATES[best];
  }

  /** Counts the candidates in each line that is there whole; returns the number of lines. */
  private static int count(CharSequence sample, boolean isWhole, int[][] counts) {
    int line = 0;
    boolean quoted = false;
    boolean empty = true;
    for (int i = 0; i < sample.length() && line < LINES; i++) {
      char c = sample.charAt(i);
      if (!quoted && (c == '\n' || c == '\r')) {
        line += empty ? 0 : 1;
        empty = true;
        continue;
      }
      empty = false;
      if (c == '"') {
        quoted = !quoted;
      }
      for (int k = 0; !quoted && k < CANDIDATES.length; k++) {
        if (c == CANDIDATES[k]) {
          counts[line][k]++;
        }
      }
    }
    boolean lastCounts = line < LINES && !empty && (isWhole || line == 0);
    return lastCounts ? line + 1 : line;
  }
}
