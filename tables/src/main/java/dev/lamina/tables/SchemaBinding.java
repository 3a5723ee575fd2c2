package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.data.Nearest;
import java.util.Arrays;
import java.util.List;

/**
 * Where the columns of a schema are in another table.
 *
 * @param places for each column of the schema, −1 where it is missing and not needed
 */
record SchemaBinding(TableSchema schema, int[] places) {
  private static final int MISSING = -1;

  static SchemaBinding of(
      TableSchema schema, Relation relation, String targetColumn, boolean needsTarget) {
    int[] places =
        relation.named() && schema.named()
            ? byName(schema, relation, targetColumn, needsTarget)
            : byPosition(schema, relation, targetColumn, needsTarget);
    if (!needsTarget) {
      places[schema.target()] = MISSING;
    }
    return new SchemaBinding(schema, places);
  }

  private static int[] byName(
      TableSchema schema, Relation relation, String targetColumn, boolean needsTarget) {
    List<String> names = relation.names();
    int[] places = new int[schema.columns().size()];
    for (int j = 0; j < places.length; j++) {
      SchemaColumn column = schema.columns().get(j);
      boolean isTarget = j == schema.target();
      places[j] =
          isTarget && targetColumn != null && needsTarget
              ? ColumnNames.find(relation.source(), names, true, targetColumn)
              : names.indexOf(column.name());
      boolean needed = isTarget ? needsTarget : !(column.use() instanceof ColumnUse.Dropped);
      if (places[j] == MISSING && needed) {
        throw new LaminaException(
            relation.source()
                + ": the model's "
                + (isTarget ? "target " : "column ")
                + Quote.of(column.name())
                + " is not among the columns "
                + Quote.list(names)
                + Nearest.suggestion(column.name(), names));
      }
    }
    return places;
  }

  private static int[] byPosition(
      TableSchema schema, Relation relation, String targetColumn, boolean needsTarget) {
    int expected = schema.columns().size();
    int there = relation.columns().size();
    if (there != expected && (needsTarget || there != expected - 1)) {
      throw new LaminaException(
          relation.source()
              + ": "
              + there
              + (there == 1 ? " column" : " columns")
              + "; the model expects "
              + expected
              + ": "
              + (expected - 1)
              + (expected == 2 ? " feature" : " features")
              + " and the target"
              + (needsTarget ? "" : ", or all but the target")
              + ", in the order of its training data");
    }
    int target = there < expected ? there : schema.target();
    if (targetColumn != null && there == expected) {
      target =
          ColumnNames.find(relation.source(), relation.names(), relation.named(), targetColumn);
    }
    int[] places = new int[expected];
    int next = 0;
    for (int j = 0; j < expected; j++) {
      if (j == schema.target()) {
        places[j] = there < expected ? MISSING : target;
      } else {
        next += next == target ? 1 : 0;
        places[j] = next++;
      }
    }
    return places;
  }

  /** As what each of so many columns is to be read. */
  List<ColumnRequest> requests(int count) {
    ColumnRequest[] requests = new ColumnRequest[count];
    Arrays.fill(requests, ColumnRequest.SKIP);
    for (int j = 0; j < places.length; j++) {
      if (places[j] != MISSING) {
        requests[places[j]] = schema.columns().get(j).use().request();
      }
    }
    return List.of(requests);
  }

  /** Where a column of the schema is. */
  int place(int column) {
    return places[column];
  }
}
