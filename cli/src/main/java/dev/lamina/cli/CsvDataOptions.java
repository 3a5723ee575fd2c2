package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.data.CsvOptions;
import java.util.Arrays;
import java.util.Objects;
import picocli.CommandLine.Option;

/** How CSV files are read. */
final class CsvDataOptions {
  @Option(
      names = "--target",
      paramLabel = "COL",
      description =
          "Target column of CSV data: a name, or a position from 1, or from -1 at the end"
              + " (default: the last).")
  private String target;

  @Option(
      names = "--header",
      paramLabel = "WHICH",
      description = "Whether CSV data have a header: auto, present or absent (default: auto).")
  private String header;

  /** The options, for data of which some must be CSV if any option is given. */
  CsvOptions options(DataSource... sources) {
    if (Arrays.stream(sources)
        .filter(Objects::nonNull)
        .noneMatch(s -> s.kind() == DataSource.Kind.CSV)) {
      refuse("--target", target);
      refuse("--header", header);
    }
    CsvOptions options = CsvOptions.defaults().withTarget(target);
    return header == null
        ? options
        : options.withHeader(Options.constant("--header", header, CsvOptions.Header.class));
  }

  static void refuse(String name, String value) {
    if (value != null) {
      throw new LaminaException(
          name + " " + value + ": only CSV data have columns; leave it out, or use csv:FILE");
    }
  }
}
