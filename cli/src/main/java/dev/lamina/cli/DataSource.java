package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.data.Csv;
import dev.lamina.data.CsvOptions;
import dev.lamina.data.Dataset;
import dev.lamina.data.Digits;
import dev.lamina.data.Idx;
import dev.lamina.data.Part;
import dev.lamina.data.Preprocessing;
import dev.lamina.data.Schema;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Where data come from, as users write it: {@code digits[:N]}, {@code idx:FOLDER} or {@code
 * csv:FILE}.
 *
 * @param argument what follows the colon, null if there is none
 */
record DataSource(Kind kind, String argument) {
  private static final int TRAINING_DIGITS = 20_000;
  private static final int TEST_DIGITS = 5_000;

  /** The kinds of sources. */
  enum Kind {
    /** Generated digits. */
    DIGITS,
    /** IDX files in a folder. */
    IDX,
    /** A CSV file. */
    CSV
  }

  static final DataSource DEFAULT = new DataSource(Kind.DIGITS, null);

  static DataSource parse(String option, String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? text : text.substring(0, colon);
    String argument = colon < 0 ? null : text.substring(colon + 1);
    return switch (kind) {
      case "digits" -> new DataSource(Kind.DIGITS, digits(option, text, argument));
      case "idx", "csv" -> {
        if (argument == null || argument.isEmpty()) {
          throw new LaminaException(
              option + " " + text + ": the path is missing, as in " + kind + ":PATH");
        }
        requirePath(option + " " + Quote.plain(text), argument);
        yield new DataSource(kind.equals("idx") ? Kind.IDX : Kind.CSV, argument);
      }
      default ->
          throw new LaminaException(
              option
                  + " "
                  + text
                  + ": expected digits, digits:N, idx:FOLDER or csv:FILE"
                  + suggestion(text));
    };
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
    boolean table = text.toLowerCase(Locale.ROOT).matches(".*\\.(csv|tsv|txt|data)");
    return table || Files.isRegularFile(UserPath.of(text))
        ? "; did you mean csv:" + text + "?"
        : "";
  }

  /** Whether this is one of the files that the data come from. */
  boolean has(Path file) {
    return switch (kind) {
      case DIGITS -> false;
      case CSV -> OutputFile.isSame(file, UserPath.of(argument));
      case IDX -> idxFiles().stream().anyMatch(idx -> OutputFile.isSame(file, idx));
    };
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

  /** Data to learn from, in memory of an arena. */
  Dataset toLearn(CsvOptions csv, long seed, Arena arena) {
    return switch (kind) {
      case DIGITS -> Digits.generate(Part.TRAIN, seed, 0, count(TRAINING_DIGITS), arena);
      case IDX -> Idx.readFolder(UserPath.of(argument), Part.TRAIN, arena);
      case CSV -> Csv.read(UserPath.of(argument), csv, arena);
    };
  }

  /**
   * Data to evaluate a model on as it sees them, in memory of an arena; digits are others than
   * those to learn from.
   */
  Dataset toEvaluate(
      CsvOptions csv, long seed, Schema model, Preprocessing preprocessing, Arena arena) {
    try (Arena reading = Arena.ofShared()) {
      return preprocessing.apply(toEvaluate(csv, seed, model, reading), arena);
    }
  }

  private Dataset toEvaluate(CsvOptions csv, long seed, Schema model, Arena arena) {
    return switch (kind) {
      case DIGITS -> Digits.generate(Part.TEST, seed, 0, count(TEST_DIGITS), arena).conform(model);
      case IDX -> Idx.readFolder(UserPath.of(argument), Part.TEST, arena).conform(model);
      case CSV -> Csv.read(UserPath.of(argument), csv, model, arena);
    };
  }

  /** Data to predict as a model sees them, in memory of an arena; targets are not needed. */
  Dataset toPredict(
      CsvOptions csv, long seed, Schema model, Preprocessing preprocessing, Arena arena) {
    try (Arena reading = Arena.ofShared()) {
      Dataset raw =
          kind == Kind.CSV
              ? Csv.readFeatures(UserPath.of(argument), csv, model, reading)
              : toEvaluate(csv, seed, model, reading);
      return preprocessing.apply(raw, arena);
    }
  }

  private int count(int usual) {
    return argument == null ? usual : Integer.parseInt(argument);
  }

  @Override
  public String toString() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    return argument == null ? name : name + ":" + argument;
  }
}
