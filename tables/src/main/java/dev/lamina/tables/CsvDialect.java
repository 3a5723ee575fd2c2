package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.data.CsvOptions.Header;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a CSV file writes its cells.
 *
 * @param header whether the first line holds names
 * @param names of the columns, made up where there are none
 */
record CsvDialect(
    String separator, String quote, String escape, boolean header, List<String> names) {
  private static final String NONE = "(empty)";

  /** Separators that people use, where the sniffer finds none that cuts all lines alike. */
  private static final List<String> SEPARATORS = List.of(",", ";", "\t", "|");

  static CsvDialect sniff(DuckDb db, String file, Header header) {
    String options =
        ", skip=0, comment='', nullstr="
            + CellText.gapLiterals()
            + switch (header) {
              case AUTO -> "";
              case PRESENT -> ", header=true";
              case ABSENT -> ", header=false";
            };
    CsvDialect found = null;
    LaminaException failure = null;
    try {
      found = sniff(db, file, options);
    } catch (LaminaException e) {
      failure = e;
    }
    if (found != null && found.names.size() > 1) {
      return found;
    }
    CsvDialect cut = cut(db, file, header);
    if (cut.names.size() > 1) {
      return cut;
    }
    if (failure != null) {
      throw failure;
    }
    return found;
  }

  private static CsvDialect sniff(DuckDb db, String file, String options) {
    return db.query(
        file,
        "SELECT delimiter, quote, escape, hasheader, unnest(columns).name FROM sniff_csv("
            + Relations.list(List.of(file)).replaceAll("^\\[|]$", "")
            + options
            + ")",
        CsvDialect::read);
  }

  private static CsvDialect read(ResultSet rows) throws SQLException {
    List<String> names = new ArrayList<>();
    String separator = ",";
    String quote = "\"";
    String escape = "\"";
    boolean header = false;
    while (rows.next()) {
      separator = rows.getString(1);
      quote = or(rows.getString(2), "\"");
      escape = or(rows.getString(3), quote);
      header = rows.getBoolean(4);
      names.add(rows.getString(5));
    }
    return new CsvDialect(
        separator, quote, escape, header, header ? names : ColumnNames.numbered(names.size()));
  }

  /** Where no quotes were seen, some may come later. */
  private static String or(String mark, String usual) {
    return mark == null || mark.isEmpty() || mark.equals(NONE) ? usual : mark;
  }

  /**
   * By the first line alone, for a file whose lines differ in length: reading it by this then says
   * which line it is.
   */
  private static CsvDialect cut(DuckDb db, String file, Header header) {
    String line = firstLine(db, file);
    String separator = ",";
    int most = 0;
    for (String candidate : SEPARATORS) {
      int count = line.split(Pattern.quote(candidate), -1).length - 1;
      if (count > most) {
        most = count;
        separator = candidate;
      }
    }
    List<String> cells = new ArrayList<>();
    for (String cell : line.split(Pattern.quote(separator), -1)) {
      cells.add(cell.strip().replaceAll("^\"|\"$", ""));
    }
    boolean names =
        header == Header.PRESENT
            || header == Header.AUTO && cells.stream().noneMatch(CellText::isNumberOrGap);
    return new CsvDialect(
        separator, "\"", "\"", names, names ? cells : ColumnNames.numbered(cells.size()));
  }

  private static String firstLine(DuckDb db, String file) {
    return db.query(
        file,
        "SELECT c FROM read_csv("
            + Relations.list(List.of(file))
            + ", auto_detect=false, delim='\u0001', quote='', escape='', header=false,"
            + " strict_mode=false, ignore_errors=true, columns={'c': 'VARCHAR'}) LIMIT 1",
        rows -> rows.next() && rows.getString(1) != null ? rows.getString(1) : "");
  }
}
