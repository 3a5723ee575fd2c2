package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What DuckDB's errors mean to a user. Its own remedies are options of its SQL. */
final class DuckDbErrors {
  private static final int LONGEST = 300;
  private static final Pattern LINE = Pattern.compile("CSV Error on Line: (\\d+)");
  private static final Pattern COLUMNS =
      Pattern.compile("Expected Number of Columns: (\\d+) Found: (\\d+)");

  private DuckDbErrors() {}

  static LaminaException of(String source, SQLException cause) {
    String text = String.valueOf(cause.getMessage());
    return new LaminaException(source + ": " + meaning(text), cause);
  }

  private static String meaning(String text) {
    Matcher line = LINE.matcher(text);
    if (line.find()) {
      return "line " + line.group(1) + ": " + lineFault(text);
    }
    if (text.contains("not utf-8 encoded") || text.contains("Invalid unicode")) {
      return "not UTF-8 text; save the file as UTF-8, or give a CSV file";
    }
    if (text.contains("No magic bytes") || text.contains("too small to be a Parquet")) {
      return "this is no Parquet file; give one, or name its kind, as in csv:FILE";
    }
    if (text.contains("Out of Memory")) {
      return "not enough memory for this query ("
          + first(text)
          + "); take fewer rows or columns, as by sql:SELECT ... LIMIT ...";
    }
    if (text.contains("it exists in the") || text.contains("is an existing extension")) {
      return first(text)
          + "; Lamina downloads no extensions: built in are CSV, Parquet, JSON and DuckDB's own"
          + " files, so write the table as one of these first";
    }
    return first(text);
  }

  private static String lineFault(String text) {
    Matcher columns = COLUMNS.matcher(text);
    if (columns.find()) {
      return columns.group(2)
          + (columns.group(2).equals("1") ? " cell" : " cells")
          + "; expected "
          + columns.group(1)
          + "; mend the line, or quote a cell that holds the separator";
    }
    // Behind the line itself, which may hold anything, and before the list of settings.
    String fault =
        text.lines().skip(2).filter(l -> !l.isBlank()).findFirst().orElse("unknown error");
    if (fault.contains("unicode")) {
      return "not UTF-8 text; save the file as UTF-8, or give a CSV file";
    }
    if (fault.contains("quote")) {
      return "a quote that is opened is not closed, or followed by text; check the quotes";
    }
    if (fault.contains("Maximum line size")) {
      return "the line is too long; check the quotes";
    }
    return Quote.plain(fault, LONGEST);
  }

  static String firstLine(SQLException cause) {
    return first(String.valueOf(cause.getMessage()));
  }

  /** Without the kind of error and what follows. */
  private static String first(String text) {
    String line = text.lines().filter(l -> !l.isBlank()).findFirst().orElse("unknown error");
    return Quote.plain(line.replaceFirst("^(\\w+ )+Error: ", ""), LONGEST);
  }
}
