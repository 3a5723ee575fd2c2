package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.data.CsvOptions.Task;
import dev.lamina.tables.ColumnKind;
import dev.lamina.tables.MissingValues;
import dev.lamina.tables.TableOptions;
import java.util.List;
import picocli.CommandLine.Option;

/** What is made of the columns of a table. */
final class TableFitOptions {
  @Option(
      names = "--task",
      paramLabel = "NAME",
      description =
          "Whether a table's target is a class or a number: auto, classification or regression"
              + " (default: auto).")
  private String task;

  @Option(
      names = "--column",
      paramLabel = "COL:KIND",
      description =
          "What a column is: number, log, quantile, boolean, category or date (default: found"
              + " out).")
  private List<String> kinds;

  @Option(names = "--drop", paramLabel = "COL", description = "A column to leave out.")
  private List<String> dropped;

  @Option(
      names = "--id",
      paramLabel = "COL",
      description = "A column that is no feature but goes along with predictions.")
  private List<String> identifiers;

  @Option(
      names = "--gap",
      paramLabel = "CELL",
      description = "A cell that means a gap, beside empty ones, NA, NaN, null, None and ?.")
  private List<String> gaps;

  @Option(
      names = "--missing",
      paramLabel = "WHAT",
      description =
          "impute gaps (numbers: the median, and a flag; categories: one of their own) or refuse"
              + " them (default: impute).")
  private String missing;

  @Option(
      names = "--max-categories",
      paramLabel = "N",
      description =
          "Categories of a column that get a feature each, the last for the rarer ones"
              + " (default: 64).")
  private Integer maxCategories;

  /** The options, for data of which some must be a table if any option is given. */
  TableOptions options(TableReadOptions reading, DataSource... sources) {
    reading.check(sources);
    if (!TableReadOptions.hasTable(sources[0])) {
      TableReadOptions.refuse("--task", task);
      refuse("--column", kinds);
      refuse("--drop", dropped);
      refuse("--id", identifiers);
      refuse("--gap", gaps);
      TableReadOptions.refuse("--missing", missing);
      TableReadOptions.refuse("--max-categories", maxCategories);
    }
    TableOptions options =
        TableOptions.target(reading.target())
            .withHeader(reading.header())
            .withTask(task == null ? Task.AUTO : Options.constant("--task", task, Task.class))
            .withMissing(
                missing == null
                    ? MissingValues.IMPUTE
                    : Options.constant("--missing", missing, MissingValues.class));
    if (maxCategories != null) {
      Options.between("--max-categories", maxCategories, 2, 10_000);
      options = options.withMaxCategories(maxCategories);
    }
    for (String kind : orNone(kinds)) {
      options = withKind(options, kind);
    }
    for (String column : orNone(dropped)) {
      options = options.withDropped(column);
    }
    for (String column : orNone(identifiers)) {
      options = options.withIdentifier(column);
    }
    for (String cell : orNone(gaps)) {
      options = options.withGap(cell);
    }
    return options;
  }

  private static void refuse(String name, List<String> values) {
    TableReadOptions.refuse(name, values == null ? null : values.getFirst());
  }

  private static List<String> orNone(List<String> values) {
    return values == null ? List.of() : values;
  }

  private static TableOptions withKind(TableOptions options, String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new LaminaException("--column " + text + ": expected COL:KIND, as in age:number");
    }
    ColumnKind kind = Options.constant("--column", text.substring(colon + 1), ColumnKind.class);
    return options.withKind(text.substring(0, colon), kind);
  }
}
