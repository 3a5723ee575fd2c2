/**
 * Tables as people have them, made into data sets: CSV, Parquet, JSON and SQL through DuckDB.
 *
 * <p>Loading DuckDB's native library needs {@code --enable-native-access=duckdb.jdbc} on the module
 * path and {@code --enable-native-access=ALL-UNNAMED} on the class path; without it Java warns.
 */
module dev.lamina.tables {
  requires transitive dev.lamina.core;
  requires duckdb.jdbc;
  requires java.sql;

  exports dev.lamina.tables;
}
