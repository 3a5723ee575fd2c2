package dev.lamina.cli;

import dev.lamina.data.CsvOptions;
import picocli.CommandLine.Option;

/** How CSV files are read. */
final class CsvDataOptions {
  @Option(
      names = "--target",
      paramLabel = "COL",
      description = "Target column of CSV data: a name, or a position from 1 (default: the last).")
  private String target;

  @Option(
      names = "--header",
      paramLabel = "WHICH",
      defaultValue = "auto",
      description = "Whether CSV data have a header: auto, present or absent (default: auto).")
  private String header;

  CsvOptions options() {
    return CsvOptions.defaults()
        .withTarget(target)
        .withHeader(Options.constant("--header", header, CsvOptions.Header.class));
  }
}
