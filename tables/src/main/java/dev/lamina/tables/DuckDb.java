package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.duckdb.DuckDBChunkedResult;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBPreparedStatement;

/**
 * An embedded database in memory. It never downloads: extensions are those that are built into the
 * library (core_functions, icu, json, parquet), and neither installed nor loaded by themselves.
 */
final class DuckDb implements AutoCloseable {
  private static final Object LOADING = new Object();

  private final Connection connection;
  private final List<Path> copies = new ArrayList<>();

  private DuckDb(Connection connection) {
    this.connection = connection;
  }

  /** Opens a database; unpacking the library takes about a second, once in a process. */
  static DuckDb open() {
    Properties settings = new Properties();
    settings.setProperty("autoinstall_known_extensions", "false");
    settings.setProperty("autoload_known_extensions", "false");
    settings.setProperty("temp_directory", spillFolder());
    // Two threads must not unpack the library at the same time.
    synchronized (LOADING) {
      try {
        return new DuckDb(DriverManager.getConnection("jdbc:duckdb:", settings));
      } catch (SQLException e) {
        throw new LaminaException("DuckDB cannot be opened: " + DuckDbErrors.firstLine(e), e);
      } catch (LinkageError e) {
        throw new LaminaException(
            "DuckDB's library does not run here ("
                + Quote.plain(String.valueOf(e.getMessage()), 200)
                + "); it needs Linux with glibc, macOS on ARM or Windows, and room in the folder"
                + " of temporary files",
            e);
      }
    }
  }

  /** Queries that outgrow the memory are continued on disk, not in the working folder. */
  private static String spillFolder() {
    return Path.of(
            System.getProperty("java.io.tmpdir"), "lamina-duckdb-" + ProcessHandle.current().pid())
        .toString();
  }

  /** What a query's result is read by. */
  @FunctionalInterface
  interface Rows<T> {
    T read(ResultSet rows) throws SQLException;
  }

  /** Runs a query; {@code source} is what its errors speak of. */
  <T> T query(String source, String sql, Rows<T> reader) {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return reader.read(rows);
    } catch (SQLException e) {
      throw DuckDbErrors.of(source, e);
    }
  }

  /** What takes the rows of a query. */
  @FunctionalInterface
  interface Chunks {
    void take(DuckDBDataChunkReader chunk);
  }

  /**
   * Streams the rows of a query chunk by chunk, so that they take no memory here. An error in the
   * midst ends the stream without a word: callers know how many rows there are.
   */
  void stream(String source, String sql, Chunks taker) {
    try (DuckDBPreparedStatement statement =
            connection.prepareStatement(sql).unwrap(DuckDBPreparedStatement.class);
        DuckDBChunkedResult result = statement.query()) {
      while (result.nextChunk()) {
        taker.take(result.chunk());
      }
    } catch (SQLException e) {
      throw DuckDbErrors.of(source, e);
    }
  }

  /** Deletes a file with this database. */
  void owns(Path copy) {
    copies.add(copy);
  }

  /** A text as SQL writes it. */
  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** A name as SQL writes it. */
  static String name(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // What it held is in memory only.
    }
    for (Path copy : copies) {
      try {
        Files.deleteIfExists(copy);
      } catch (IOException e) {
        copy.toFile().deleteOnExit();
      }
    }
  }
}
