package dev.lamina.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.data.CsvOptions.Header;
import dev.lamina.data.Dataset;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same table in every form that people have it in. */
class TableReadingTest {
  /** Six rows of a number, a category and a class. */
  private static final String ROWS =
      "1.5,red,no\n2.5,blue,yes\n3.5,red,no\n4.5,blue,yes\n5.5,red,no\n6.5,green,yes\n";

  private static final String NAMED = "size,colour,sold\n" + ROWS;

  @TempDir Path folder;

  private String csv(String name, String text) throws IOException {
    return "csv:" + Files.writeString(folder.resolve(name), text);
  }

  /** Standardised size, then blue, green and red. */
  private static void check(String source, boolean named) {
    TrainingTable table = Tables.read(source).split(0, 1);
    Dataset data = table.split().train();
    assertEquals(6, data.size(), source);
    assertEquals(List.of("no", "yes"), data.classNames(), source);
    assertEquals(
        named
            ? List.of("size", "colour=blue", "colour=green", "colour=red")
            : List.of("column1", "column2=blue", "column2=green", "column2=red"),
        data.featureNames());
    double deviation = Math.sqrt((2.5 * 2.5 + 1.5 * 1.5 + 0.5 * 0.5) / 3);
    float[] row = new float[4];
    data.copyRow(1, row);
    assertEquals((float) ((2.5 - 4) / deviation), row[0], 1e-6f);
    assertTrue(Arrays.equals(new float[] {row[0], 1, 0, 0}, row), source);
    data.copyRow(5, row);
    assertTrue(Arrays.equals(new float[] {row[0], 0, 1, 0}, row), source);
    assertEquals(1, data.label(5));
  }

  @Test
  void csvWithAndWithoutNames() throws IOException {
    check(csv("named.csv", NAMED), true);
    check(csv("bare.csv", ROWS), false);
  }

  @Test
  void separatorsBlanksAndQuotes() throws IOException {
    check(csv("semicolons.csv", NAMED.replace(',', ';')), true);
    check(csv("tabs.tsv", NAMED.replace(',', '\t')), true);
    check(csv("bars.txt", NAMED.replace(',', '|')), true);
    check(csv("blanks.csv", ROWS.replace(",", ", ")), false);
    check(csv("quoted.csv", NAMED.replaceAll("([a-z]+)", "\"$1\"")), true);
    check(csv("windows.csv", NAMED.replace("\n", "\r\n")), true);
    check(csv("open-end.csv", NAMED.strip()), true);
  }

  @Test
  void encodingsAndCompression() throws IOException {
    check(csv("mark.csv", "\uFEFF" + NAMED), true);
    Path wide = Files.writeString(folder.resolve("wide.csv"), NAMED, StandardCharsets.UTF_16);
    check("csv:" + wide, true);
    Path packed = folder.resolve("packed.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(NAMED.getBytes(StandardCharsets.UTF_8));
    }
    check("csv:" + packed, true);
  }

  @Test
  void severalFilesAreOneTable() throws IOException {
    List<String> lines = NAMED.lines().toList();
    csv("part-1.csv", String.join("\n", lines.subList(0, 4)) + "\n");
    csv("part-2.csv", lines.getFirst() + "\n" + String.join("\n", lines.subList(4, 7)) + "\n");
    check("csv:" + folder.resolve("part-*.csv"), true);
  }

  @Test
  void namesThatArePatternsOrQuotes() throws IOException {
    check(csv("data[1]'s.csv", NAMED), true);
  }

  @Test
  void parquetJsonAndDatabases() throws Exception {
    Path from = Files.writeString(folder.resolve("from.csv"), NAMED);
    Path parquet = folder.resolve("t.parquet");
    Path json = folder.resolve("t.json");
    Path database = folder.resolve("t.duckdb");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("COPY (FROM '" + from + "') TO '" + parquet + "'");
      // JSON has true and false where a sniffed CSV file has yes and no.
      statement.execute(
          "COPY (FROM read_csv('" + from + "', all_varchar=true, header=true)) TO '" + json + "'");
      statement.execute("ATTACH '" + database + "' AS w");
      statement.execute(
          "CREATE TABLE w.goods AS FROM read_csv('" + from + "', types={'sold': 'VARCHAR'})");
    }
    check("json:" + json, true);
    check("sql:FROM read_duckdb('" + database + "', table_name='goods');", true);
    check("sql:SELECT * FROM '" + json + "' -- a comment", true);
    TrainingTable table = Tables.read("parquet:" + parquet).split(0, 1);
    assertEquals(List.of("false", "true"), table.schema().schema().classNames());
    assertEquals(6, table.split().train().size());
  }

  @Test
  void whatColumnsAreIsFoundFromAllCells() throws IOException {
    StringBuilder text = new StringBuilder("whole,real,flag,day,hour,point,us,name,y\n");
    for (int i = 0; i < 30_000; i++) {
      text.append(i % 9).append(',').append(i % 7);
      // Beyond any sample.
      text.append(i == 29_999 ? ".25," : ",").append(i % 2 == 0 ? "True" : "false");
      text.append(",2026-01-").append(i % 28 < 9 ? "0" : "").append(i % 28 + 1);
      text.append(',').append(i % 24).append(":30");
      text.append(',').append(i % 28 + 1).append(".02.2026");
      text.append(",02/").append(i % 28 + 1).append("/2026");
      text.append(",n").append(i % 3).append(',').append(i % 2).append('\n');
    }
    String source = csv("types.csv", text.toString());
    try (Arena arena = Arena.ofConfined()) {
      RawTable raw =
          TableReader.read(
              TableSource.parse(source),
              Header.AUTO,
              List.of(),
              CellText.gaps(List.of()),
              relation -> List.of(auto(relation.columns().size())),
              arena);
      List<ColumnType> types = raw.columns().stream().map(Column::type).toList();
      assertEquals(
          List.of(
              ColumnType.WHOLE,
              ColumnType.REAL,
              ColumnType.BOOLEAN,
              ColumnType.DATE,
              ColumnType.TIME,
              ColumnType.DATE,
              ColumnType.DATE,
              ColumnType.TEXT,
              ColumnType.WHOLE),
          types);
      assertEquals(TimePattern.DAY_MONTH_POINTS, raw.patterns().get(5));
      assertEquals(TimePattern.MONTH_DAY, raw.patterns().get(6));
      assertEquals(6.25 - 6 + 29_999 % 7, Column.number(raw.columns().get(1), 29_999));
      assertEquals(raw.columns().get(5).text(0), raw.columns().get(6).text(0));
    }
  }

  private static ColumnRequest[] auto(int columns) {
    ColumnRequest[] requests = new ColumnRequest[columns];
    Arrays.fill(requests, ColumnRequest.AUTO);
    return requests;
  }

  @Test
  void quotedCellsMayHoldSeparatorsAndLineBreaks() throws IOException {
    List<String> rows = new ArrayList<>(List.of("text,x,y"));
    for (int i = 0; i < 30; i++) {
      rows.add("\"a, \"\"b\"\"\n" + i % 2 + "\"," + i + ".5," + i % 2);
    }
    Dataset data =
        Tables.read(csv("hard.csv", String.join("\n", rows))).split(0, 1).split().train();
    assertEquals(List.of("text=a, \"b\"\n0", "text=a, \"b\"\n1", "x"), data.featureNames());
    assertEquals(30, data.size());
  }

  @Test
  void aTableWithoutNamesIsReadByPosition() throws IOException {
    TableSchema schema = Tables.read(csv("bare.csv", ROWS)).split(0, 1).schema();
    assertFalse(schema.named());
    Dataset whole = schema.read(csv("same.csv", ROWS)).data();
    assertEquals(6, whole.size());
    Dataset features =
        schema.readFeatures(csv("features.csv", ROWS.replaceAll(",(no|yes)\n", "\n"))).data();
    assertFalse(features.hasTargets());
    assertEquals(-1, whole.featureData().mismatch(features.featureData()));
  }

  @Test
  void aTableWithNamesIsReadByName() throws IOException {
    TableSchema schema = Tables.read(csv("named.csv", NAMED)).split(0, 1).schema();
    String turned = "more,sold,colour,size\n0,no,red,1.5\n0,yes,blue,2.5\n";
    Dataset data = schema.read(csv("turned.csv", turned)).data();
    Dataset expected = schema.read(csv("named2.csv", NAMED)).data().range(0, 2);
    assertEquals(-1, expected.featureData().mismatch(data.featureData()));
    assertEquals(0, data.label(0));
    assertEquals(1, data.label(1));
  }
}
