package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.data.CsvOptions.Header;
import java.util.Arrays;
import java.util.Objects;
import picocli.CommandLine.Option;

/** How tables are read. */
final class TableReadOptions {
  @Option(
      names = "--target",
      paramLabel = "COL",
      description =
          "Target column of a table: a name, or a position from 1, or from -1 at the end"
              + " (default: the last).")
  private String target;

  @Option(
      names = "--header",
      paramLabel = "WHICH",
      description = "Whether CSV data have a header: auto, present or absent (default: auto).")
  private String header;

  /** Refuses the options if none of the data is a table, and a wrong word. */
  void check(DataSource... sources) {
    if (!hasTable(sources)) {
      refuse("--target", target);
      refuse("--header", header);
    }
    header();
  }

  static boolean hasTable(DataSource... sources) {
    return Arrays.stream(sources)
        .filter(Objects::nonNull)
        .anyMatch(source -> source.kind() == DataSource.Kind.TABLE);
  }

  static void refuse(String name, Object value) {
    if (value != null) {
      throw new LaminaException(
          name
              + " "
              + value
              + ": only tables have columns; leave it out, or use csv:FILE, parquet:FILE, json:FILE"
              + " or sql:QUERY");
    }
  }

  /** The target column, null if it was not named. */
  String target() {
    return target;
  }

  Header header() {
    return header == null ? Header.AUTO : Options.constant("--header", header, Header.class);
  }
}
