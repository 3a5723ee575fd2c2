package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.io.JsonNode;
import dev.lamina.tables.ColumnUse.Carried;
import dev.lamina.tables.ColumnUse.Dropped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Schemas as JSON trees, in a model's description. */
final class SchemaJson {
  private SchemaJson() {}

  static Map<String, Object> toJson(TableSchema schema) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("named", schema.named());
    tree.put("missing", label(schema.missing()));
    tree.put("gaps", schema.gaps());
    List<Object> columns = new ArrayList<>();
    for (SchemaColumn column : schema.columns()) {
      Map<String, Object> member = new LinkedHashMap<>();
      member.put("name", column.name());
      member.put("kind", column.use().kind());
      member.put("gaps", column.gaps());
      member.putAll(column.use().toJson());
      columns.add(member);
    }
    tree.put("columns", columns);
    return tree;
  }

  static TableSchema fromJson(JsonNode tree) {
    List<SchemaColumn> columns = new ArrayList<>();
    for (JsonNode column : tree.get("columns").elements()) {
      columns.add(
          new SchemaColumn(column.get("name").text(), use(column), column.get("gaps").whole()));
    }
    try {
      return new TableSchema(
          columns,
          tree.get("named").flag(),
          constant(tree.get("missing"), MissingValues.class),
          tree.get("gaps").texts());
    } catch (LaminaException e) {
      throw placed(tree, e);
    }
  }

  private static ColumnUse use(JsonNode column) {
    try {
      return switch (column.get("kind").text()) {
        case "number" -> NumberEncoder.fromJson(column);
        case "boolean" -> BooleanEncoder.fromJson(column);
        case "category" -> CategoryEncoder.fromJson(column);
        case "date" -> TimeEncoder.fromJson(true, column);
        case "time" -> TimeEncoder.fromJson(false, column);
        case "dropped" -> new Dropped(column.get("reason").text());
        case "id" -> new Carried();
        case "class" -> new TargetUse.Classes(column.get("classes").texts());
        case "real" ->
            new TargetUse.Number(column.get("least").number(), column.get("greatest").number());
        default -> throw column.get("kind").wrong("a kind of column");
      };
    } catch (LaminaException e) {
      throw placed(column, e);
    }
  }

  private static LaminaException placed(JsonNode tree, LaminaException e) {
    return e.getMessage().startsWith(tree.source())
        ? e
        : new LaminaException(tree.place() + ": " + e.getMessage(), e);
  }

  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  static <E extends Enum<E>> E constant(JsonNode node, Class<E> type) {
    String text = node.text();
    List<String> known = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      if (label(constant).equals(text)) {
        return constant;
      }
      known.add(label(constant));
    }
    throw node.wrong("one of " + String.join(", ", known));
  }
}
