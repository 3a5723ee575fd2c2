package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;

/**
 * CSV files of numeric features and one target. The text is UTF-8, or UTF-16 with a byte order
 * mark; cells are separated by commas, semicolons or tabs and may be quoted; blanks around them and
 * empty lines do not count. Errors name the file, the line and the column, both counted from 1.
 * Data lie in an arena's memory or, without one, in memory that lives as long as it is reachable.
 */
public final class Csv {
  private Csv() {}

  /** Reads a file to learn from; the target is the last column, all else is found out. */
  public static Dataset read(Path file) {
    return read(file, CsvOptions.defaults());
  }

  /**
   * Reads a file to learn from.
   *
   * @throws LaminaException if it cannot be read or a cell is wrong
   */
  public static Dataset read(Path file, CsvOptions options) {
    return read(file, options, Arena.ofAuto());
  }

  /** Reads a file to learn from into memory of an arena. */
  public static Dataset read(Path file, CsvOptions options, Arena arena) {
    try (CsvTable table = CsvTable.open(file, options, List.of())) {
      CsvColumns columns = CsvColumns.toLearn(table, options);
      CsvTarget target = new CsvGuessedTarget(options.task(), file.toString(), arena);
      return read(table, columns, target, null, arena);
    }
  }

  /**
   * Reads a file to evaluate a model on: columns are found by the model's names if both have names,
   * by position otherwise, and classes are numbered as the model numbers them. Columns that the
   * model does not know are left out. Of the options the task is not used.
   */
  public static Dataset read(Path file, CsvOptions options, Schema model) {
    return read(file, options, model, Arena.ofAuto());
  }

  /** Reads a file to evaluate a model on into memory of an arena. */
  public static Dataset read(Path file, CsvOptions options, Schema model, Arena arena) {
    requireSingleTarget(file, model);
    try (CsvTable table = CsvTable.open(file, options, model.featureNames())) {
      CsvColumns columns = CsvColumns.forModel(table, options, model, true);
      CsvTarget target = new CsvKnownTarget(model.classNames(), file.toString(), arena);
      return read(table, columns, target, model, arena);
    }
  }

  /**
   * Reads a file to predict for: as for evaluation, but the target may be missing, and is not read
   * if it is there.
   */
  public static Dataset readFeatures(Path file, CsvOptions options, Schema model) {
    return readFeatures(file, options, model, Arena.ofAuto());
  }

  /** Reads a file to predict for into memory of an arena. */
  public static Dataset readFeatures(Path file, CsvOptions options, Schema model, Arena arena) {
    try (CsvTable table = CsvTable.open(file, options, model.featureNames())) {
      CsvColumns columns = CsvColumns.forModel(table, options, model, false);
      return read(table, columns, null, model, arena);
    }
  }

  private static void requireSingleTarget(Path file, Schema model) {
    if (model.targetNames().size() != 1) {
      throw new LaminaException(
          file
              + ": the model predicts "
              + model.targetNames().size()
              + " targets, but a CSV file has one; give the data as arrays");
    }
  }

  private static Dataset read(
      CsvTable table, CsvColumns columns, CsvTarget target, Schema model, Arena arena) {
    String source = table.file().toString();
    int[] features = columns.features();
    try (target;
        Chunks rows = new Chunks(source)) {
      while (table.next()) {
        for (int column : features) {
          rows.add(table.number(column));
        }
        if (target != null) {
          target.add(table, columns.target());
        }
      }
      CsvTarget.Targets targets =
          target == null
              ? new CsvTarget.Targets(List.of(), null)
              : target.finish(table, columns.target());
      TensorType type = TensorType.of(DType.FP32, rows.count() / features.length, features.length);
      Schema schema = model == null ? learned(table, columns, targets) : model;
      return Dataset.of(schema, type, 1, rows.join(arena), targets.data(), source);
    }
  }

  private static Schema learned(CsvTable table, CsvColumns columns, CsvTarget.Targets targets) {
    String name = table.hasNames() ? table.names().get(columns.target()) : "target";
    int target = columns.target();
    return new Schema(
        columns.features().length,
        columns.featureNames(table),
        List.of(name),
        targets.classNames(),
        target == table.columns() - 1 ? Schema.LAST : target + 1);
  }
}
