package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.data.CsvOptions.Header;
import dev.lamina.data.Schema;
import dev.lamina.io.JsonNode;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How the columns of a table become the features and the target of a model. It is fitted to
 * training rows, stored in the model's description, and reads later tables in the same way.
 *
 * <p>Immutable: any thread may use it.
 */
public final class TableSchema {
  private final List<SchemaColumn> columns;
  private final boolean named;
  private final MissingValues missing;
  private final List<String> gaps;
  private final int target;
  private final Schema dataSchema;

  /**
   * A schema.
   *
   * @param columns all columns of the table, in its order
   * @param named whether they have names of their own
   * @param gaps the words for gaps beside the usual ones
   */
  TableSchema(List<SchemaColumn> columns, boolean named, MissingValues missing, List<String> gaps) {
    this.columns = List.copyOf(columns);
    this.named = named;
    this.missing = missing;
    this.gaps = List.copyOf(gaps);
    int[] targets =
        IntStream.range(0, columns.size())
            .filter(j -> columns.get(j).use() instanceof TargetUse)
            .toArray();
    if (targets.length != 1) {
      throw new LaminaException(targets.length + " targets; expected one column to be the target");
    }
    target = targets[0];
    dataSchema = dataSchema();
  }

  /**
   * The schema of a model that was trained on the numbers of a data set: every feature is a column
   * of numbers, taken as they are, and a gap is refused.
   *
   * @throws LaminaException if the model predicts several targets
   */
  public static TableSchema ofNumbers(Schema model) {
    if (model.targetNames().size() != 1) {
      throw new LaminaException(
          "the model predicts "
              + model.targetNames().size()
              + " targets, but a table has one; give the data as arrays");
    }
    List<SchemaColumn> columns = new ArrayList<>();
    for (int j = 0; j < model.features(); j++) {
      String name = model.isNamed() ? model.featureNames().get(j) : "column" + (j + 1);
      columns.add(new SchemaColumn(name, NumberEncoder.plain(), 0));
    }
    TargetUse use =
        model.isClassification()
            ? new TargetUse.Classes(model.classNames())
            : new TargetUse.Number(0, 0);
    int place = model.targetColumn();
    columns.add(
        place == Schema.LAST || place > columns.size() ? columns.size() : place - 1,
        new SchemaColumn(model.targetNames().getFirst(), use, 0));
    return new TableSchema(columns, model.isNamed(), MissingValues.REFUSE, List.of());
  }

  private Schema dataSchema() {
    List<String> features = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (SchemaColumn column : columns) {
      if (column.use() instanceof FeatureEncoder encoder) {
        for (String name : encoder.features(column.name())) {
          String unique = name;
          for (int k = 2; !seen.add(unique); k++) {
            unique = name + " (" + k + ")";
          }
          features.add(unique);
        }
      }
    }
    SchemaColumn learned = columns.get(target);
    return new Schema(
        features.size(),
        features,
        List.of(learned.name()),
        learned.use() instanceof TargetUse.Classes classes ? classes.names() : List.of(),
        target == columns.size() - 1 ? Schema.LAST : target + 1);
  }

  /** What the features and the target are called once they are made. */
  public Schema schema() {
    return dataSchema;
  }

  List<SchemaColumn> columns() {
    return columns;
  }

  boolean named() {
    return named;
  }

  MissingValues missing() {
    return missing;
  }

  List<String> gaps() {
    return gaps;
  }

  int target() {
    return target;
  }

  TargetUse targetUse() {
    return (TargetUse) columns.get(target).use();
  }

  /**
   * Reads a table to evaluate a model on.
   *
   * @param source such as {@code csv:people.csv}
   * @throws LaminaException if it does not fit; it names the file, the row and the column
   */
  public TableRows read(String source) {
    return read(TableSource.parse(source), Header.AUTO, null, true, Arena.ofAuto());
  }

  /**
   * Reads a table to predict for; the target may be missing, and is not read.
   *
   * @throws LaminaException if it does not fit; it names the file, the row and the column
   */
  public TableRows readFeatures(String source) {
    return read(TableSource.parse(source), Header.AUTO, null, false, Arena.ofAuto());
  }

  /**
   * Reads a table for a model. Columns are found by their names if both tables have names, by
   * position otherwise; columns that the model does not use may be missing.
   *
   * @param header whether the first line of a CSV file holds names
   * @param targetColumn where the target is; null where the model says
   * @param needsTarget whether the target is read
   * @param arena holds the samples; shared, if they are for training or prediction
   * @throws LaminaException if it does not fit; it names the file, the row and the column
   */
  public TableRows read(
      TableSource source, Header header, String targetColumn, boolean needsTarget, Arena arena) {
    SchemaBinding[] bound = new SchemaBinding[1];
    List<String> names = named ? columns.stream().map(SchemaColumn::name).toList() : List.of();
    try (Arena reading = Arena.ofConfined()) {
      RawTable table =
          TableReader.read(
              source,
              header,
              names,
              CellText.gaps(gaps),
              relation -> {
                bound[0] = SchemaBinding.of(this, relation, targetColumn, needsTarget);
                return bound[0].requests(relation.columns().size());
              },
              reading);
      return SchemaEncoding.later(this, table, bound[0], needsTarget, arena);
    }
  }

  /** A table of the columns: kind, what is done with each, gaps, range or number of categories. */
  public String describe() {
    return SchemaText.describe(this);
  }

  /** The schema as a JSON tree, for a model's description. */
  public Map<String, Object> toJson() {
    return SchemaJson.toJson(this);
  }

  /**
   * What {@link #toJson} wrote.
   *
   * @throws LaminaException if something is missing or wrong; it names the place
   */
  public static TableSchema fromJson(JsonNode tree) {
    return SchemaJson.fromJson(tree);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TableSchema schema && toJson().equals(schema.toJson());
  }

  @Override
  public int hashCode() {
    return columns.hashCode();
  }

  /** For example {@code 15 columns, 92 features, target 'income'}. */
  @Override
  public String toString() {
    return columns.size()
        + " columns, "
        + dataSchema.features()
        + " features, target "
        + Quote.of(columns.get(target).name());
  }
}
