package dev.lamina.fuzz;

import dev.lamina.data.Dataset;
import dev.lamina.data.Schema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Compares data with the cells of their file. What separates the cells, and whether the first line
 * holds names, is for the reader to find out, but everything else follows from that.
 *
 * @param model what the data were read for, null if to learn from
 */
record TableComparison(Dataset data, Schema model) {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");

  private static final char[] SEPARATORS = {',', ';', '\t'};

  /** Fails if under no separator the data are what the file says. */
  void compare(byte[] file) {
    String text = PlainTable.text(file);
    boolean judged = true;
    for (char separator : SEPARATORS) {
      List<List<String>> rows = PlainTable.rows(text, separator);
      if (rows == null) {
        judged = false;
      } else if (agrees(rows, List.of())
          || rows.size() > 1 && agrees(rows.subList(1, rows.size()), rows.getFirst())) {
        return;
      }
    }
    Reader.require(!judged, data.toString());
  }

  private boolean agrees(List<List<String>> rows, List<String> names) {
    int width = rows.isEmpty() ? 0 : rows.getFirst().size();
    if (rows.size() != data.size() || !names.isEmpty() && names.size() != width) {
      return false;
    }
    List<Integer> features = new ArrayList<>();
    int target;
    if (model != null && !names.isEmpty()) {
      model.featureNames().forEach(name -> features.add(names.indexOf(name)));
      target = names.indexOf(model.targetNames().getFirst());
    } else {
      target = model == null ? width - 1 : model.features();
      IntStream.range(0, target).forEach(features::add);
      boolean named =
          data.featureNames().equals(names.isEmpty() ? names : names.subList(0, target));
      if (model == null && !named) {
        return false;
      }
    }
    return features.size() == data.features()
        && !features.contains(-1)
        && IntStream.range(0, rows.size())
            .allMatch(i -> rows.get(i).size() == width && agrees(i, rows.get(i), features, target));
  }

  private boolean agrees(int i, List<String> cells, List<Integer> features, int target) {
    float[] row = new float[features.size()];
    data.copyRow(i, row);
    for (int j = 0; j < row.length; j++) {
      if (!isNumber(cells.get(features.get(j)), row[j])) {
        return false;
      }
    }
    if (!data.hasTargets()) {
      return true;
    }
    String cell = cells.get(target);
    if (data.isClassification()) {
      String name = data.classNames().get(data.label(i));
      return name.equals(cell) || isSameNumber(name, cell);
    }
    float[] value = new float[1];
    data.copyTargets(i, value);
    return isNumber(cell, value[0]);
  }

  private static boolean isNumber(String cell, float value) {
    return NUMBER.matcher(cell).matches() && Float.parseFloat(cell) == value;
  }

  private static boolean isSameNumber(String name, String cell) {
    try {
      return new BigDecimal(name).compareTo(new BigDecimal(cell)) == 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
