package dev.lamina.tables;

import dev.lamina.Quote;
import dev.lamina.data.Nearest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The column that is learned. */
sealed interface TargetUse extends ColumnUse {
  /**
   * One of several classes.
   *
   * @param names in the order of their numbers; in canonical form
   */
  record Classes(List<String> names) implements TargetUse {
    /** Copies the names. */
    public Classes {
      names = List.copyOf(names);
    }

    /**
     * The class numbers of some rows, none of which has a gap.
     *
     * @param notes hear of what is read otherwise than it is written
     */
    int[] labels(RawTable table, int column, int[] rows, List<String> notes) {
      Map<String, Integer> numbers = new HashMap<>();
      names.forEach(name -> numbers.put(name, numbers.size()));
      Column cells = table.columns().get(column);
      Set<String> found = new LinkedHashSet<>();
      for (int row : rows) {
        found.add(CellText.canonical(cells.text(row)));
      }
      if (differByPoints(found, numbers.keySet())) {
        notes.add(
            table.columnName(column)
                + ": the classes "
                + Quote.list(found)
                + " end in a point, those of the model do not; taken for the same");
        found.forEach(name -> numbers.put(name, numbers.get(withoutPoint(name))));
      }
      int[] labels = new int[rows.length];
      for (int i = 0; i < rows.length; i++) {
        String name = CellText.canonical(cells.text(rows[i]));
        Integer number = numbers.get(name);
        if (number == null) {
          throw table.error(
              rows[i],
              column,
              "the class "
                  + Quote.of(name)
                  + " is not known to the model; it knows "
                  + Quote.list(names)
                  + Nearest.suggestion(name, names));
        }
        labels[i] = number;
      }
      return labels;
    }

    /** Whether the model knows none of these names, but all of them without a last point. */
    private static boolean differByPoints(Set<String> found, Set<String> known) {
      Set<String> bare = new HashSet<>();
      for (String name : found) {
        if (known.contains(name) || !known.contains(withoutPoint(name))) {
          return false;
        }
        bare.add(withoutPoint(name));
      }
      return !found.isEmpty() && bare.size() == found.size();
    }

    private static String withoutPoint(String name) {
      return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    @Override
    public String kind() {
      return "class";
    }

    @Override
    public ColumnRequest request() {
      return ColumnRequest.TEXT;
    }

    @Override
    public String what() {
      return "the target";
    }

    @Override
    public String range() {
      return names.size() + " classes: " + Quote.plain(String.join(", ", names));
    }

    @Override
    public Map<String, Object> toJson() {
      return Map.of("classes", names);
    }
  }

  /**
   * A real number.
   *
   * @param least of all rows
   * @param greatest of all rows
   */
  record Number(double least, double greatest) implements TargetUse {
    @Override
    public String kind() {
      return "real";
    }

    @Override
    public ColumnRequest request() {
      return ColumnRequest.NUMBER;
    }

    @Override
    public String what() {
      return "the target, standardised";
    }

    @Override
    public String range() {
      return CellText.shown(least) + " to " + CellText.shown(greatest);
    }

    @Override
    public Map<String, Object> toJson() {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("least", least);
      tree.put("greatest", greatest);
      return tree;
    }
  }
}
