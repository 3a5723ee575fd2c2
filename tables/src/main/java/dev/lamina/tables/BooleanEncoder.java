package dev.lamina.tables;

import dev.lamina.io.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * True and false: 1 and 0. A gap is taken for the more frequent one, and where training had gaps a
 * second feature is 1 for them.
 *
 * @param usual the more frequent one
 * @param flagged whether there is a second feature
 */
record BooleanEncoder(boolean usual, boolean flagged) implements FeatureEncoder {
  @Override
  public String kind() {
    return "boolean";
  }

  @Override
  public ColumnRequest request() {
    return ColumnRequest.BOOLEAN;
  }

  @Override
  public List<String> features(String column) {
    return FeatureEncoder.withFlag(column, flagged);
  }

  @Override
  public void encode(Column column, int[] rows, FeatureSink sink, int at) {
    for (int i = 0; i < rows.length; i++) {
      boolean gap = column.isGap(rows[i]);
      boolean value = gap ? usual : isTrue(column, rows[i]);
      sink.put(i, at, value ? 1 : 0);
      sink.gap(i, at + 1, gap, flagged);
    }
  }

  static boolean isTrue(Column column, int row) {
    return column.text(row).equalsIgnoreCase("true");
  }

  @Override
  public String what() {
    return "0 or 1" + (flagged ? "; gaps get the usual one and a flag" : "");
  }

  @Override
  public String range() {
    return "false, true";
  }

  @Override
  public Map<String, Object> toJson() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("usual", usual);
    tree.put("flagged", flagged);
    return tree;
  }

  static BooleanEncoder fromJson(JsonNode tree) {
    return new BooleanEncoder(tree.get("usual").flag(), tree.get("flagged").flag());
  }
}
