package dev.lamina.data;

import dev.lamina.Quote;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Targets of which only the file tells what they are, by the rule of {@link CsvOptions.Task}. Class
 * names are sorted, numbers by size and texts by letters; 3, 3.0 and +3 are one class.
 */
final class CsvGuessedTarget implements CsvTarget {
  private static final int FEW = 20;
  private static final int MANY = 100;

  /** A different cell: its number in the order of appearance, and its first line. */
  private record Seen(int number, long line) {}

  private final CsvOptions.Task task;
  private final Arena arena;
  private final Map<String, Seen> distinct = new LinkedHashMap<>();
  private final Chunks chunks;

  CsvGuessedTarget(CsvOptions.Task task, String source, Arena arena) {
    this.task = task;
    this.arena = arena;
    chunks = new Chunks(source);
  }

  @Override
  public void add(CsvTable table, int column) {
    String cell = table.cell(column);
    if (cell.isEmpty()) {
      throw table.error(table.line(), column, "the target is empty; fill it or leave the line out");
    }
    if (task == CsvOptions.Task.REGRESSION) {
      chunks.add(table.number(column));
      return;
    }
    Seen seen = distinct.get(cell);
    if (seen == null) {
      seen = new Seen(distinct.size(), table.line());
      distinct.put(cell, seen);
    }
    chunks.add(seen.number());
  }

  @Override
  public Targets finish(CsvTable table, int column) {
    if (task == CsvOptions.Task.REGRESSION) {
      return new Targets(List.of(), chunks.join(arena));
    }
    if (task == CsvOptions.Task.AUTO) {
      checkMixture(table, column);
      if (isNumeric() && !countsAsClasses()) {
        return realNumbers(table, column);
      }
      checkRepeats(table, column);
    }
    return classes(table, column);
  }

  private boolean isNumeric() {
    return distinct.keySet().stream().allMatch(CsvNumber::isNumber);
  }

  /** Numbers beside text are classes only if they are whole, and a gap is no class among them. */
  private void checkMixture(CsvTable table, int column) {
    String fraction = null;
    String text = null;
    boolean number = false;
    for (String cell : distinct.keySet()) {
      boolean isNumber = CsvNumber.isNumber(cell);
      number |= isNumber;
      if (isNumber && fraction == null && CsvNumber.whole(cell) == null) {
        fraction = cell;
      }
      if (!isNumber && (text == null || CsvNumber.isMissing(cell))) {
        text = cell;
      }
    }
    if (text != null && (fraction != null || number && CsvNumber.isMissing(text))) {
      String other = fraction != null ? fraction : firstNumber();
      throw table.error(
          distinct.get(text).line(),
          column,
          "the target "
              + Quote.of(text)
              + " is not a number, but that of line "
              + distinct.get(other).line()
              + " is: "
              + Quote.plain(other)
              + "; write all targets as numbers or all as class names, or leave the line out");
    }
  }

  private String firstNumber() {
    return distinct.keySet().stream().filter(CsvNumber::isNumber).findFirst().orElseThrow();
  }

  private boolean countsAsClasses() {
    TreeSet<Long> values = new TreeSet<>();
    for (String cell : distinct.keySet()) {
      String whole = CsvNumber.whole(cell);
      if (whole == null) {
        return false;
      }
      values.add(Long.parseLong(whole));
      if (values.size() > MANY) {
        return false;
      }
    }
    int k = values.size();
    boolean countsThrough =
        (values.first() == 0 || values.first() == 1) && values.last() - values.first() == k - 1;
    return k >= 2 && (k <= FEW || countsThrough) && 2L * k <= chunks.count();
  }

  private void checkRepeats(CsvTable table, int column) {
    if (chunks.count() > FEW && 2L * distinct.size() > chunks.count()) {
      throw table.error(
          table.line(),
          column,
          distinct.size()
              + " different texts in "
              + chunks.count()
              + " lines do not look like classes; choose another target column");
    }
  }

  private Targets realNumbers(CsvTable table, int column) {
    float[] values = new float[distinct.size()];
    distinct.forEach((cell, seen) -> {
      float value = CsvNumber.parse(cell);
      if (!Float.isFinite(value)) {
        throw table.error(seen.line(), column, CsvNumber.complaint(cell, ','));
      }
      values[seen.number()] = value;
    });
    MemorySegment data = chunks.join(arena);
    for (long i = 0; i < data.byteSize() / 4; i++) {
      data.setAtIndex(ValueLayout.JAVA_FLOAT, i, values[data.getAtIndex(ValueLayout.JAVA_INT, i)]);
    }
    return new Targets(List.of(), data);
  }

  private Targets classes(CsvTable table, int column) {
    List<String> names =
        new ArrayList<>(
            new TreeSet<>(distinct.keySet().stream().map(CsvGuessedTarget::name).toList()));
    names.sort(
        Comparator.comparing((String name) -> !CsvNumber.isNumber(name))
            .thenComparing(name -> CsvNumber.isNumber(name) ? Double.parseDouble(name) : 0.0)
            .thenComparing(Comparator.naturalOrder()));
    if (names.size() < 2) {
      throw table.error(
          table.line(),
          column,
          "every line has the class "
              + Quote.of(names.getFirst())
              + ", so there is nothing to learn; choose another target column");
    }
    Map<String, Integer> number = new LinkedHashMap<>();
    names.forEach(name -> number.put(name, number.size()));
    int[] numbers = new int[distinct.size()];
    distinct.forEach((cell, seen) -> numbers[seen.number()] = number.get(name(cell)));
    MemorySegment data = chunks.join(arena);
    for (long i = 0; i < data.byteSize() / 4; i++) {
      data.setAtIndex(ValueLayout.JAVA_INT, i, numbers[data.getAtIndex(ValueLayout.JAVA_INT, i)]);
    }
    return new Targets(names, data);
  }

  private static String name(String cell) {
    String whole = CsvNumber.whole(cell);
    return whole == null ? cell : whole;
  }

  @Override
  public void close() {
    chunks.close();
  }
}
