package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.data.CsvOptions.Header;
import java.util.ArrayList;
import java.util.List;

/**
 * CSV files of one shape. DuckDB's sniffer finds the separator, the quotes and the names; every
 * column is read as text, for what its cells are is decided by all of them and not by a sample.
 */
final class CsvRelation {
  private CsvRelation() {}

  static Relation open(
      DuckDb db, String source, List<String> found, Header header, List<String> expected) {
    List<String> files = found.stream().map(file -> Utf8Copy.of(db, file)).toList();
    CsvDialect dialect = dialect(db, files.getFirst(), header, expected);
    for (String file : files.subList(1, files.size())) {
      CsvDialect other = dialect(db, file, header, expected);
      if (!other.names().equals(dialect.names())) {
        throw new LaminaException(
            file
                + ": its columns are "
                + Quote.list(other.names())
                + "; expected those of "
                + files.getFirst()
                + ": "
                + Quote.list(dialect.names()));
      }
    }
    List<Relation.SourceColumn> columns = new ArrayList<>();
    List<String> types = new ArrayList<>();
    for (int j = 0; j < dialect.names().size(); j++) {
      String name = "c" + (j + 1);
      columns.add(new Relation.SourceColumn(dialect.names().get(j), name, "VARCHAR"));
      types.add("'" + name + "': 'VARCHAR'");
    }
    String sql =
        "read_csv("
            + Relations.list(files)
            + ", auto_detect=false, skip=0, comment='', strict_mode=true, null_padding=false"
            + ", delim="
            + DuckDb.literal(dialect.separator())
            + ", quote="
            + DuckDb.literal(dialect.quote())
            + ", escape="
            + DuckDb.literal(dialect.escape())
            + ", header="
            + dialect.header()
            + ", columns={"
            + String.join(", ", types)
            + "})";
    return new Relation(source, sql, columns, dialect.header(), List.of());
  }

  private static CsvDialect dialect(DuckDb db, String file, Header header, List<String> expected) {
    CsvDialect sniffed = CsvDialect.sniff(db, file, header);
    if (header == Header.AUTO && !sniffed.header() && !expected.isEmpty()) {
      CsvDialect named = CsvDialect.sniff(db, file, Header.PRESENT);
      if (named.names().stream().anyMatch(expected::contains)) {
        return named;
      }
    }
    return sniffed;
  }
}
