package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.data.CsvOptions.Header;
import dev.lamina.data.Dataset;
import dev.lamina.data.Digits;
import dev.lamina.data.Idx;
import dev.lamina.data.Part;
import dev.lamina.tables.TableRows;
import dev.lamina.tables.TableSchema;
import dev.lamina.tables.TableSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * Where data come from, as users write it: {@code digits[:N]}, {@code idx:FOLDER} or a table.
 *
 * @param argument what follows the colon, null if there is none
 * @param table the table, null if it is none
 */
record DataSource(Kind kind, String argument, TableSource table) {
  private static final int TRAINING_DIGITS = 20_000;
  private static final int TEST_DIGITS = 5_000;

  /** The kinds of sources. */
  enum Kind {
    /** Generated digits. */
    DIGITS,
    /** IDX files in a folder. */
    IDX,
    /** A table: CSV, Parquet, JSON or a query. */
    TABLE
  }

  static final DataSource DEFAULT = new DataSource(Kind.DIGITS, null, null);

  static DataSource parse(String option, String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? text : text.substring(0, colon);
    String argument = colon < 0 ? null : text.substring(colon + 1);
    boolean isEmpty = argument == null || argument.isBlank();
    Optional<TableSource.Kind> table = TableSource.Kind.named(kind);
    if (kind.equals("digits")) {
      return new DataSource(Kind.DIGITS, digits(option, text, argument), null);
    }
    if (!kind.equals("idx") && table.isEmpty()) {
      throw new LaminaException(
          option
              + " "
              + text
              + ": expected digits, digits:N, idx:FOLDER, csv:FILE, parquet:FILE, json:FILE or"
              + " sql:QUERY"
              + suggestion(text));
    }
    if (isEmpty) {
      String what = kind.equals("sql") ? "query is missing, as in sql:QUERY" : "path is missing";
      throw new LaminaException(
          option
              + " "
              + text
              + ": the "
              + what
              + (kind.equals("sql") ? "" : ", as in " + kind + ":PATH"));
    }
    if (table.equals(Optional.of(TableSource.Kind.SQL))) {
      return new DataSource(Kind.TABLE, argument, new TableSource(table.get(), argument));
    }
    requirePath(option + " " + Quote.plain(text), argument);
    return table.isEmpty()
        ? new DataSource(Kind.IDX, argument, null)
        : new DataSource(
            Kind.TABLE, argument, new TableSource(table.get(), UserPath.of(argument).toString()));
  }

  private static void requirePath(String typed, String path) {
    try {
      UserPath.of(path);
    } catch (LaminaException e) {
      throw new LaminaException(typed + ": " + e.getMessage(), e);
    }
  }

  private static String suggestion(String text) {
    if (Files.isDirectory(UserPath.of(text))) {
      return "; did you mean idx:" + text + "?";
    }
    String lower = text.toLowerCase(Locale.ROOT);
    String kind =
        lower.endsWith(".parquet")
            ? "parquet"
            : lower.matches(".*\\.(json|jsonl|ndjson)") ? "json" : "csv";
    boolean table = !kind.equals("csv") || lower.matches(".*\\.(csv|tsv|txt|data)");
    return table || Files.isRegularFile(UserPath.of(text))
        ? "; did you mean " + kind + ":" + text + "?"
        : "";
  }

  /** Whether this is one of the files that the data come from. */
  boolean has(Path file) {
    return switch (kind) {
      case DIGITS -> false;
      case TABLE -> isInTable(file);
      case IDX -> idxFiles().stream().anyMatch(idx -> OutputFile.isSame(file, idx));
    };
  }

  /** A query is looked through for the name: it may read any file. */
  private boolean isInTable(Path file) {
    if (table.kind() == TableSource.Kind.SQL) {
      return argument.contains(file.toString());
    }
    Path path = Path.of(table.argument());
    if (Files.exists(path)) {
      return OutputFile.isSame(file, path);
    }
    String pattern = path.toAbsolutePath().normalize().toString().replaceAll("[{}\\\\]", "\\\\$0");
    try {
      return FileSystems.getDefault()
          .getPathMatcher("glob:" + pattern)
          .matches(file.toAbsolutePath().normalize());
    } catch (PatternSyntaxException e) {
      return false; // reading them says what is wrong
    }
  }

  private List<Path> idxFiles() {
    Path folder = UserPath.of(argument);
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.getFileName().toString().matches("(train|t10k)-.*")).toList();
    } catch (IOException e) {
      return List.of(); // reading them says what is wrong
    }
  }

  private static String digits(String option, String text, String argument) {
    if (argument != null) {
      try {
        if (Integer.parseInt(argument) < 1) {
          throw new NumberFormatException(argument);
        }
      } catch (NumberFormatException e) {
        throw new LaminaException(
            option + " " + text + ": expected a number of digits from 1, as in digits:20000", e);
      }
    }
    return argument;
  }

  /** Data to learn from that are no table, in memory of an arena. */
  Dataset toLearn(long seed, Arena arena) {
    return switch (kind) {
      case DIGITS -> Digits.generate(Part.TRAIN, seed, 0, count(TRAINING_DIGITS), arena);
      case IDX -> Idx.readFolder(UserPath.of(argument), Part.TRAIN, arena);
      case TABLE -> throw new IllegalStateException(toString());
    };
  }

  /**
   * Data to evaluate a model on as it sees them, in memory of an arena; digits are others than
   * those to learn from.
   *
   * @param target the column of a table, null for the one that the model knows
   */
  TableRows toEvaluate(Header header, String target, long seed, ModelInputs model, Arena arena) {
    return kind == Kind.TABLE
        ? rows(header, target, true, model, arena)
        : samples(seed, model, arena);
  }

  /** Data to predict as a model sees them, in memory of an arena; targets are not needed. */
  TableRows toPredict(Header header, long seed, ModelInputs model, Arena arena) {
    return kind == Kind.TABLE
        ? rows(header, null, false, model, arena)
        : samples(seed, model, arena);
  }

  private TableRows samples(long seed, ModelInputs model, Arena arena) {
    if (model.table() != null) {
      throw new LaminaException(
          this
              + ": the model was trained on a table ("
              + model.table()
              + "); give it one by csv:FILE, parquet:FILE, json:FILE or sql:QUERY");
    }
    try (Arena reading = Arena.ofShared()) {
      Dataset raw =
          kind == Kind.DIGITS
              ? Digits.generate(Part.TEST, seed, 0, count(TEST_DIGITS), reading)
              : Idx.readFolder(UserPath.of(argument), Part.TEST, reading);
      Dataset data = model.preprocessing().apply(raw.conform(model.schema()), arena);
      return new TableRows(data, List.of(), List.of());
    }
  }

  /** Of a model that was not trained on a table, each feature is a column of numbers. */
  private TableRows rows(
      Header header, String target, boolean needsTarget, ModelInputs model, Arena arena) {
    TableSchema schema =
        model.table() != null ? model.table() : TableSchema.ofNumbers(model.schema());
    TableRows rows = schema.read(table, header, target, needsTarget, arena);
    Dataset data = model.preprocessing().apply(rows.data().conform(model.schema()), arena);
    return new TableRows(data, rows.carried(), rows.notes());
  }

  private int count(int usual) {
    return argument == null ? usual : Integer.parseInt(argument);
  }

  @Override
  public String toString() {
    if (table != null) {
      return table.kind().prefix() + ":" + argument;
    }
    String name = kind.name().toLowerCase(Locale.ROOT);
    return argument == null ? name : name + ":" + argument;
  }
}
