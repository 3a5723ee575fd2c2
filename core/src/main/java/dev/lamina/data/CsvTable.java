package dev.lamina.data;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.FieldModifiers;
import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A CSV file, line by line, all lines of equal length; its names are known from the start. */
final class CsvTable implements AutoCloseable {
  private static final int SAMPLE = 1 << 16;
  private static final int MAX_FIELDS = 1 << 20;
  private static final int MAX_RECORD = 1 << 28;

  /** What the reader says of a line with more cells. */
  private static final Pattern TOO_WIDE =
      Pattern.compile("line (\\d+) has surpassed the maximum limit of " + MAX_FIELDS + " fields");

  private final Path file;
  private final CloseableIterator<CsvRecord> records;
  private final char separator;
  private final List<String> names;
  private final int columns;
  private final long firstLine;
  private final boolean mayHoldNames;
  private CsvRecord ahead;
  private CsvRecord afterAhead;
  private CsvRecord current;

  private CsvTable(
      Path file,
      CloseableIterator<CsvRecord> records,
      char separator,
      CsvOptions options,
      List<String> expected) {
    this.file = file;
    this.records = records;
    this.separator = separator;
    CsvRecord first = fetch();
    if (first == null) {
      throw new LaminaException(file + ": the file is empty; expected lines of numbers");
    }
    CsvRecord second = fetch();
    firstLine = first.getStartingLineNumber();
    columns = first.getFieldCount();
    List<String> below = second == null ? null : second.getFields();
    if (CsvHeader.isHeader(file, firstLine, options, first.getFields(), below, expected)) {
      names = List.copyOf(first.getFields());
      CsvHeader.check(file, firstLine, names);
      if (second == null) {
        throw new LaminaException(
            file + ": line " + firstLine + " holds names, but no data follow; add lines of data");
      }
      ahead = second;
    } else {
      names = List.of();
      ahead = first;
      afterAhead = second;
    }
    mayHoldNames = names.isEmpty() && options.header() == CsvOptions.Header.AUTO;
  }

  static CsvTable open(Path file, CsvOptions options, List<String> expected) {
    BufferedReader reader = null;
    CsvTable opened = null;
    try {
      Reader text = CsvText.open(file);
      reader = new BufferedReader(text, SAMPLE);
      char separator = options.separator() == null ? detectSeparator(reader) : options.separator();
      CsvReader<CsvRecord> csv =
          CsvReader.builder()
              .fieldSeparator(separator)
              .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
              .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
              .allowUnclosedQuote(false)
              .trimWhitespacesAroundQuotes(true)
              .build(
                  CsvRecordHandler.builder()
                      .maxFields(MAX_FIELDS)
                      .maxRecordSize(MAX_RECORD)
                      .fieldModifier(FieldModifiers.STRIP)
                      .build(),
                  reader);
      opened = new CsvTable(file, csv.iterator(), separator, options, expected);
      return opened;
    } catch (IOException e) {
      throw CsvText.failure(file, e);
    } finally {
      if (opened == null && reader != null) {
        closeQuietly(reader);
      }
    }
  }

  private static char detectSeparator(BufferedReader reader) throws IOException {
    reader.mark(SAMPLE);
    char[] sample = new char[SAMPLE];
    int length = 0;
    int n = 0;
    while (length < SAMPLE && (n = reader.read(sample, length, SAMPLE - length)) > 0) {
      length += n;
    }
    reader.reset();
    return CsvSeparator.detect(new String(sample, 0, length), length < SAMPLE);
  }

  private CsvRecord fetch() {
    try {
      return records.hasNext() ? records.next() : null;
    } catch (CsvParseException e) {
      throw unreadable(e);
    } catch (UncheckedIOException e) {
      throw CsvText.failure(file, e.getCause());
    }
  }

  private LaminaException unreadable(CsvParseException e) {
    Throwable cause = e.getCause();
    if (cause instanceof IOException io) {
      return CsvText.failure(file, io);
    }
    Matcher wide = TOO_WIDE.matcher(e.getMessage());
    if (wide.find()) {
      return new LaminaException(
          file
              + ": line "
              + wide.group(1)
              + ": more than "
              + MAX_FIELDS
              + " cells"
              + (columns == 0
                  ? "; that is the limit: was the table turned on its side?"
                  : "; expected " + columns + " as in line " + firstLine),
          e);
    }
    String after = current == null ? "" : " after line " + current.getStartingLineNumber();
    return new LaminaException(
        file
            + ":"
            + after
            + " the lines cannot be told apart: "
            + Quote.plain(e.getMessage(), 200)
            + "; check the quotes",
        e);
  }

  /** Goes to the next line; false after the last. */
  boolean next() {
    if (ahead != null) {
      current = ahead;
      ahead = afterAhead;
      afterAhead = null;
    } else {
      CsvRecord record = fetch();
      if (record == null) {
        return false;
      }
      current = record;
    }
    int count = current.getFieldCount();
    if (count != columns) {
      throw new LaminaException(
          file
              + ": line "
              + line()
              + ": "
              + count
              + (count == 1 ? " cell" : " cells")
              + "; expected "
              + columns
              + " as in line "
              + firstLine
              + ", separated by "
              + separatorName());
    }
    return true;
  }

  private String separatorName() {
    return switch (separator) {
      case '\t' -> "tabs";
      case ',' -> "commas";
      case ';' -> "semicolons";
      default -> Quote.of(Character.toString(separator));
    };
  }

  Path file() {
    return file;
  }

  /** The columns' names; empty if the file has none. */
  List<String> names() {
    return names;
  }

  boolean hasNames() {
    return !names.isEmpty();
  }

  int columns() {
    return columns;
  }

  /** The number of the current line, counted from 1. */
  long line() {
    return current.getStartingLineNumber();
  }

  /** A cell of the current line, without the blanks around it. */
  String cell(int column) {
    return current.getField(column);
  }

  /** A cell of the current line as a finite number. */
  float number(int column) {
    float value = CsvNumber.parse(cell(column));
    if (!Float.isFinite(value)) {
      throw error(line(), column, CsvNumber.complaint(cell(column), separator));
    }
    return value;
  }

  /** An error in a cell. */
  LaminaException error(long line, int column, String what) {
    String hint =
        mayHoldNames && line == firstLine
            ? "; if this line holds names, say so: Header.PRESENT, or --header present"
            : "";
    return new LaminaException(
        file + ": line " + line + ", " + columnName(column) + ": " + what + hint);
  }

  /** A column's number, counted from 1, and its name if it has one. */
  String columnName(int column) {
    return "column " + (column + 1) + (hasNames() ? " (" + Quote.of(names.get(column)) + ")" : "");
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception ignored) {
      // It was only read.
    }
  }

  @Override
  public void close() {
    closeQuietly(records);
  }
}
