package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.io.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Categories: a feature for each that is 1 for it and 0 elsewhere. Where there were too many, the
 * rarer ones share a feature; where training had gaps, they have one. A category that training did
 * not see has the shared feature, or none: all are 0.
 *
 * @param values those with a feature of their own, numbers by size, then texts
 * @param other whether there is a shared feature
 * @param gaps whether gaps have a feature
 * @param categories how many different ones training had
 */
record CategoryEncoder(List<String> values, boolean other, boolean gaps, int categories)
    implements FeatureEncoder {
  /** Numbers by size, before texts by their letters. */
  static final Comparator<String> ORDER =
      Comparator.comparing((String name) -> !CellText.isNumber(name))
          .thenComparing(name -> CellText.isNumber(name) ? Double.parseDouble(name) : 0.0)
          .thenComparing(Comparator.naturalOrder());

  private static final int NONE = -1;

  /** Checks what may come from a file. */
  CategoryEncoder {
    values = List.copyOf(values);
    if (values.isEmpty() || new HashSet<>(values).size() != values.size()) {
      throw new LaminaException("no categories, or some twice; expected different ones");
    }
  }

  /**
   * Fitted to how often each category occurs in training.
   *
   * @param most so many features at most, those for gaps not counted
   */
  static CategoryEncoder fit(Map<String, Integer> counts, boolean gaps, int most) {
    boolean other = counts.size() > most;
    List<String> values =
        counts.entrySet().stream()
            .sorted(
                Map.Entry.<String, Integer>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(other ? most - 1 : most)
            .map(Map.Entry::getKey)
            .sorted(ORDER)
            .collect(Collectors.toList());
    return new CategoryEncoder(values, other, gaps, counts.size());
  }

  @Override
  public String kind() {
    return "category";
  }

  @Override
  public ColumnRequest request() {
    return ColumnRequest.TEXT;
  }

  @Override
  public List<String> features(String column) {
    List<String> names = new ArrayList<>();
    values.forEach(value -> names.add(column + "=" + value));
    if (other) {
      names.add(column + " other");
    }
    if (gaps) {
      names.add(column + MISSING);
    }
    return names;
  }

  @Override
  public void encode(Column column, int[] rows, FeatureSink sink, int at) {
    int otherPlace = other ? values.size() : NONE;
    int gapPlace = gaps ? values.size() + (other ? 1 : 0) : otherPlace;
    Map<String, Integer> places = new HashMap<>();
    for (int k = 0; k < values.size(); k++) {
      places.put(values.get(k), k);
    }
    int[] placeOfCode = placesOfCodes(column, places);
    for (int i = 0; i < rows.length; i++) {
      int place;
      if (column.isGap(rows[i])) {
        place = gapPlace;
        if (!gaps) {
          sink.newGap();
        }
      } else {
        place = placeOfCode(column, rows[i], placeOfCode, places);
        if (place == NONE) {
          place = otherPlace;
          if (!other) {
            sink.unknown(column.text(rows[i]));
          }
        }
      }
      if (place != NONE) {
        sink.put(i, at + place, 1);
      }
    }
  }

  private static int[] placesOfCodes(Column column, Map<String, Integer> places) {
    return column instanceof Column.Text text
        ? text.texts().stream()
            .mapToInt(value -> places.getOrDefault(CellText.canonical(value), NONE))
            .toArray()
        : new int[0];
  }

  private static int placeOfCode(
      Column column, int row, int[] placeOfCode, Map<String, Integer> places) {
    return column instanceof Column.Text text
        ? placeOfCode[text.code(row)]
        : places.getOrDefault(CellText.canonical(column.text(row)), NONE);
  }

  @Override
  public String what() {
    int features = values.size() + (other ? 1 : 0) + (gaps ? 1 : 0);
    return "one-hot, "
        + features
        + (features == 1 ? " feature" : " features")
        + (other ? ", the last for the rarer ones" : "")
        + (gaps ? ", one for gaps" : "");
  }

  @Override
  public String range() {
    return categories + (categories == 1 ? " category" : " categories");
  }

  @Override
  public Map<String, Object> toJson() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("values", values);
    tree.put("other", other);
    tree.put("gaps_apart", gaps);
    tree.put("categories", categories);
    return tree;
  }

  static CategoryEncoder fromJson(JsonNode tree) {
    return new CategoryEncoder(
        tree.get("values").texts(),
        tree.get("other").flag(),
        tree.get("gaps_apart").flag(),
        tree.get("categories").whole(1, Integer.MAX_VALUE));
  }
}
