package dev.lamina.tables;

import dev.lamina.io.IoFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** UTF-8 for files in UTF-16, as spreadsheets write them; DuckDB reads no byte order mark of it. */
final class Utf8Copy {
  private Utf8Copy() {}

  /** The file, or a copy in UTF-8 that the database deletes in the end. */
  static String of(DuckDb db, String file) {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      byte[] mark = in.readNBytes(2);
      boolean wide =
          mark.length == 2 && (mark[0] == -1 && mark[1] == -2 || mark[0] == -2 && mark[1] == -1);
      return wide ? copy(db, file) : file;
    } catch (IOException e) {
      throw IoFailure.reading(Path.of(file), e);
    }
  }

  private static String copy(DuckDb db, String file) throws IOException {
    Path copy = Files.createTempFile("lamina", ".csv");
    db.owns(copy);
    // This decoder reads the byte order by the mark and leaves the mark out.
    try (Reader reader =
            new InputStreamReader(Files.newInputStream(Path.of(file)), StandardCharsets.UTF_16);
        Writer writer = Files.newBufferedWriter(copy)) {
      reader.transferTo(writer);
    }
    return copy.toString();
  }
}
