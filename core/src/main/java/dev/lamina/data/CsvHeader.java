package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether the first line of a CSV file holds names, and whether they are good ones. */
final class CsvHeader {
  private CsvHeader() {}

  /**
   * Decides by {@link CsvOptions.Header}.
   *
   * @param line the number of the first line, for messages
   * @param second the second line, null if there is none
   * @param expected the names that a model asks for, may be empty
   * @throws LaminaException if the first line may as well hold names as data
   */
  static boolean isHeader(
      Path file,
      long line,
      CsvOptions options,
      List<String> first,
      List<String> second,
      List<String> expected) {
    if (options.header() != CsvOptions.Header.AUTO) {
      return options.header() == CsvOptions.Header.PRESENT;
    }
    if (first.stream().anyMatch(name -> !looksNumeric(name) && expected.contains(name))) {
      return true;
    }
    if (second == null) {
      return first.stream().noneMatch(CsvHeader::looksNumeric);
    }
    int doubtful = CsvColumns.NONE;
    boolean nameAboveNumber = false;
    for (int j = 0; j < Math.min(first.size(), second.size()); j++) {
      String cell = first.get(j);
      if (!cell.isEmpty() && !looksNumeric(cell) && looksNumeric(second.get(j))) {
        if (!CsvNumber.mayBeMeant(cell)) {
          nameAboveNumber = true;
        } else if (doubtful == CsvColumns.NONE) {
          doubtful = j;
        }
      }
    }
    if (first.stream().anyMatch(CsvHeader::looksNumeric)) {
      return nameAboveNumber && doubtful == CsvColumns.NONE && numbersAreNames(first);
    }
    if (!nameAboveNumber && doubtful != CsvColumns.NONE) {
      throw new LaminaException(
          file
              + ": line "
              + line
              + ": column "
              + (doubtful + 1)
              + " holds "
              + Quote.of(first.get(doubtful))
              + ", so it may be names or data; say which: Header.PRESENT or Header.ABSENT, or"
              + " --header present or --header absent");
    }
    return nameAboveNumber;
  }

  /** Whether the numbers among names are whole and ascend, as 0, 1, 2 or years do. */
  private static boolean numbersAreNames(List<String> first) {
    long before = Long.MIN_VALUE;
    for (String cell : first) {
      if (looksNumeric(cell)) {
        String whole = CsvNumber.whole(cell);
        if (whole == null || Long.parseLong(whole) <= before) {
          return false;
        }
        before = Long.parseLong(whole);
      }
    }
    return true;
  }

  private static boolean looksNumeric(String cell) {
    return CsvNumber.isNumber(cell) || CsvNumber.isNotFinite(cell);
  }

  /** Refuses names that are missing or occur twice. */
  static void check(Path file, long line, List<String> names) {
    Map<String, Integer> seen = new HashMap<>();
    for (int j = 0; j < names.size(); j++) {
      String name = names.get(j);
      if (name.isEmpty()) {
        throw new LaminaException(
            file
                + ": line "
                + line
                + ", column "
                + (j + 1)
                + ": the column has no name; name it, or remove it if it only counts the lines");
      }
      Integer before = seen.put(name, j);
      if (before != null) {
        throw new LaminaException(
            file
                + ": line "
                + line
                + ": columns "
                + (before + 1)
                + " and "
                + (j + 1)
                + " are both called "
                + Quote.of(name)
                + "; rename one");
      }
    }
  }
}
