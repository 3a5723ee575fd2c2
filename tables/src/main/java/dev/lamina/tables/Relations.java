package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.data.CsvOptions.Header;
import dev.lamina.io.IoFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes relations of sources. */
final class Relations {
  private Relations() {}

  /**
   * Looks at a source, but at few of its rows.
   *
   * @param header of a CSV file
   * @param expected the names of columns that a model asks for; empty if there is no model
   */
  static Relation open(DuckDb db, TableSource source, Header header, List<String> expected) {
    List<String> files = source.kind() == TableSource.Kind.SQL ? List.of() : files(db, source);
    return switch (source.kind()) {
      case CSV -> CsvRelation.open(db, source.argument(), files, header, expected);
      case PARQUET -> described(db, source, "read_parquet(" + list(files) + ")");
      case JSON -> described(db, source, "read_json(" + list(files) + ", sample_size=-1)");
      case SQL -> described(db, source, "(" + query(source) + "\n)");
    };
  }

  /** The line break after it ends a comment. */
  private static String query(TableSource source) {
    return source.argument().strip().replaceFirst("[;\\s]+$", "");
  }

  private static Relation described(DuckDb db, TableSource source, String sql) {
    List<Relation.SourceColumn> columns =
        db.query(
            source.shown(),
            "DESCRIBE SELECT * FROM " + sql,
            rows -> {
              List<Relation.SourceColumn> found = new ArrayList<>();
              while (rows.next()) {
                String name = rows.getString(1);
                found.add(new Relation.SourceColumn(name, DuckDb.name(name), rows.getString(2)));
              }
              return found;
            });
    return new Relation(source.shown(), sql, columns, true, List.of());
  }

  /** The files of a path or a pattern, of which there is at least one. */
  private static List<String> files(DuckDb db, TableSource source) {
    String path = source.argument();
    try {
      Path file = Path.of(path);
      if (Files.exists(file)) {
        IoFailure.requireRegular(file);
        if (!Files.isReadable(file)) {
          throw new NoSuchFileException(path);
        }
        if (Files.size(file) == 0) {
          throw new LaminaException(path + ": the file is empty; expected a table");
        }
        return List.of(path);
      }
      if (!isPattern(path)) {
        throw new NoSuchFileException(path);
      }
    } catch (IOException e) {
      throw IoFailure.reading(Path.of(path), e);
    } catch (InvalidPathException e) {
      throw new LaminaException(path + ": no file can be called like this: " + e.getReason(), e);
    }
    List<String> found =
        db.query(
            path,
            "SELECT file FROM glob(" + DuckDb.literal(path) + ") ORDER BY file",
            rows -> {
              List<String> names = new ArrayList<>();
              while (rows.next()) {
                names.add(rows.getString(1));
              }
              return names;
            });
    if (found.isEmpty()) {
      throw new LaminaException("cannot read " + path + ": no file matches; check the pattern");
    }
    return found;
  }

  private static boolean isPattern(String path) {
    return path.matches(".*[*?\\[].*");
  }

  /** File names as a list of literals, in which no character is a pattern. */
  static String list(List<String> files) {
    return files.stream().map(Relations::escaped).toList().toString();
  }

  private static String escaped(String file) {
    return DuckDb.literal(file.replaceAll("[*?\\[]", "[$0]"));
  }
}
