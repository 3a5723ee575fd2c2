package dev.lamina.data;

import dev.lamina.Quote;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Targets of a model that is already there: its classes by name, or real numbers. */
final class CsvKnownTarget implements CsvTarget {
  private final List<String> classNames;
  private final Arena arena;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Chunks chunks;

  /** Targets of these classes; real numbers if there are none. */
  CsvKnownTarget(List<String> classNames, String source, Arena arena) {
    this.classNames = classNames;
    this.arena = arena;
    for (int k = 0; k < classNames.size(); k++) {
      numbers.put(classNames.get(k), k);
    }
    chunks = new Chunks(source);
  }

  @Override
  public void add(CsvTable table, int column) {
    if (classNames.isEmpty()) {
      chunks.add(table.number(column));
      return;
    }
    String cell = table.cell(column);
    Integer number = numbers.get(cell);
    if (number == null) {
      // A class "3" may be written 3.0 where another program made the file.
      String whole = CsvNumber.whole(cell);
      number = whole == null ? null : numbers.get(whole);
    }
    if (number == null) {
      throw table.error(
          table.line(),
          column,
          (cell.isEmpty() ? "an empty cell" : "the class " + Quote.of(cell))
              + " is not known to the model; it knows "
              + Quote.list(classNames)
              + Nearest.suggestion(cell, classNames));
    }
    chunks.add((int) number);
  }

  @Override
  public Targets finish(CsvTable table, int column) {
    return new Targets(classNames, chunks.join(arena));
  }

  @Override
  public void close() {
    chunks.close();
  }
}
