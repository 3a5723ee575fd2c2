package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether the first line of a CSV file holds names, and whether they are good ones. */
final class CsvHeader {
  private CsvHeader() {}

  /**
   * Decides by {@link CsvOptions.Header}.
   *
   * @param second the second line, null if there is none
   * @param expected the names that a model asks for, may be empty
   */
  static boolean isHeader(
      CsvOptions options, List<String> first, List<String> second, List<String> expected) {
    if (options.header() != CsvOptions.Header.AUTO) {
      return options.header() == CsvOptions.Header.PRESENT;
    }
    if (first.stream().anyMatch(name -> !looksNumeric(name) && expected.contains(name))) {
      return true;
    }
    if (second == null) {
      return first.stream().noneMatch(CsvHeader::looksNumeric);
    }
    boolean textAboveNumber = false;
    boolean goodNumbers = true;
    Set<String> numbers = new HashSet<>();
    for (int j = 0; j < first.size(); j++) {
      if (looksNumeric(first.get(j))) {
        String whole = CsvNumber.whole(first.get(j));
        goodNumbers &= whole != null && numbers.add(whole);
      } else {
        textAboveNumber |=
            !first.get(j).isEmpty() && j < second.size() && looksNumeric(second.get(j));
      }
    }
    return textAboveNumber && goodNumbers;
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
