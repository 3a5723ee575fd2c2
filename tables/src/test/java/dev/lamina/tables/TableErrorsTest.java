package dev.lamina.tables;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.data.CsvOptions.Header;
import dev.lamina.data.CsvOptions.Task;
import dev.lamina.io.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Every mistake has one message that says where it is and how to mend it. */
class TableErrorsTest {
  private static final TableOptions DEFAULTS = TableOptions.defaults();

  @TempDir Path folder;
  private int files;

  private String csv(String text) throws IOException {
    return "csv:" + Files.writeString(folder.resolve("t" + files++ + ".csv"), text);
  }

  private static void fails(Executable action, String... said) {
    LaminaException e = assertThrows(LaminaException.class, action);
    for (String part : said) {
      assertTrue(e.getMessage().contains(part), () -> part + " is not in: " + e.getMessage());
    }
  }

  private void refused(String text, TableOptions options, String... said) throws IOException {
    String source = csv(text);
    fails(() -> Tables.read(source, options).split(0, 1), said);
  }

  /** Twenty rows of a number, a number and a class. */
  private static String good() {
    StringBuilder text = new StringBuilder("x,z,y\n");
    for (int i = 0; i < 20; i++) {
      text.append(i).append(".5,").append(i * i).append(i % 2 == 0 ? ",a\n" : ",b\n");
    }
    return text.toString();
  }

  @Test
  void files() throws IOException {
    fails(() -> Tables.read("csv:" + folder.resolve("no.csv")), "no.csv", "check the path");
    fails(() -> Tables.read("csv:" + folder.resolve("no-*.csv")), "no file matches");
    fails(() -> Tables.read("csv:" + folder), "it is a folder");
    fails(() -> Tables.read("xls:a"), "expected csv:FILE");
    refused("", DEFAULTS, "empty");
    refused("x,z,y\n", DEFAULTS, "no data follow");
    refused("x\n1\n2\n", DEFAULTS, "one column");
    Path text = Files.writeString(folder.resolve("a.parquet"), good());
    fails(() -> Tables.read("parquet:" + text), "a.parquet", "no Parquet file");
    fails(() -> Tables.read("json:" + text), "a.parquet");
    Path latin = folder.resolve("latin.csv");
    Files.write(latin, (good() + "1,2,\u00e4\n").getBytes(StandardCharsets.ISO_8859_1));
    fails(() -> Tables.read("csv:" + latin), "latin.csv", "UTF-8");
    csv(good());
    String other = folder.resolve("t*.csv").toString();
    csv(good().replace("x,z,y", "x,u,y"));
    Files.delete(folder.resolve("t0.csv"));
    Files.delete(folder.resolve("t1.csv"));
    Files.delete(folder.resolve("t2.csv"));
    fails(() -> Tables.read("csv:" + other), "its columns are 'x', 'u', 'y'");
  }

  @Test
  void lines() throws IOException {
    refused(good() + "1,2\n", DEFAULTS, "line 22", "2 cells", "expected 3");
    refused(good() + "1,2,a,b\n", DEFAULTS, "line 22", "4 cells");
    refused(good() + "1,2,\"a\n", DEFAULTS, "check the quotes");
    refused(good().repeat(2_000).replaceAll("\nx,z,y", "") + "1,2\n", DEFAULTS, "line 40002");
  }

  @Test
  void cells() throws IOException {
    refused(good() + "many,2,a\n", DEFAULTS, "row 21, column 1 ('x'): 'many'", "--gap");
    refused(good() + "inf,2,a\n", DEFAULTS, "row 21, column 1 ('x'): 'inf'", "finite");
    refused(good() + "1e999,2,a\n", DEFAULTS, "row 21, column 1 ('x')", "finite");
    refused(
        good().replace("x,z,y\n", "") + "many,2,a\n",
        DEFAULTS.withHeader(Header.ABSENT),
        "row 21, column 1: 'many'");
    refused(good(), DEFAULTS.withHeader(Header.ABSENT), "row 1, column 1: 'x'", "--header present");
    refused(
        good().replace(',', ';').replace('.', ','), DEFAULTS, "'0,5' has a comma", "write points");
    refused(
        good(), DEFAULTS.withKind("y", ColumnKind.NUMBER), "row 1, column 3 ('y'): 'a'", "finite");
    refused(
        good().replace(",a", ",a,t").replace(",b", ",b,u").replace("z,y", "z,w,y"),
        DEFAULTS.withKind("w", ColumnKind.DATE),
        "row 1, column 3 ('w'): 'a'",
        "2026-11-21");
    refused(good(), DEFAULTS.withTask(Task.REGRESSION), "row 1, column 3 ('y'): 'a'");
  }

  @Test
  void columns() throws IOException {
    refused(good(), DEFAULTS.withTarget("yy"), "'yy'", "did you mean 'y'?");
    refused(good(), DEFAULTS.withTarget("4"), "no column 4", "1 to 3");
    refused(good(), DEFAULTS.withDropped("q"), "no column 'q'");
    refused(good(), DEFAULTS.withTarget("y").withDropped("y"), "is the target");
    refused(good(), DEFAULTS.withDropped("x").withDropped("z"), "no column is left", "as asked");
    refused(good().replace(",b", ",a"), DEFAULTS, "every row has the class 'a'");
    StringBuilder texts = new StringBuilder("x,y\n");
    for (int i = 0; i < 40; i++) {
      texts.append(i % 3).append(",t").append(i).append('\n');
    }
    refused(texts.toString(), DEFAULTS, "40 different texts", "--task classification");
  }

  @Test
  void queries() throws IOException {
    fails(() -> Tables.read("sql:SELEC 1"), "sql:SELEC 1", "syntax error");
    fails(() -> Tables.read("sql:FROM 'no.parquet'"), "no.parquet");
    fails(() -> Tables.read("sql:SELECT 1 AS a, 2 AS b WHERE false"), "no rows");
    fails(() -> Tables.read("sql:FROM sqlite_scan('a.sqlite', 't')"), "downloads no extensions");
    fails(() -> Tables.read("sql:SELECT [1] AS a, [2] AS b").split(0, 1), "cannot be learned");
  }

  @Test
  void tablesForAModel() throws IOException {
    TableSchema schema = Tables.read(csv(good())).split(0, 1).schema();
    String renamed = csv(good().replace("x,z", "x,zz"));
    fails(() -> schema.read(renamed), "column 'z'", "'x', 'zz', 'y'");
    String narrow = csv("1,a\n2,b\n3,a\n");
    fails(() -> schema.read(narrow), "2 columns", "expects 3", "2 features");
    String unknown = csv(good() + "1,2,ab\n");
    fails(() -> schema.read(unknown), "row 21, column 3 ('y')", "'ab'", "did you mean 'a'?");
    String text = csv(good() + "1,two,a\n");
    fails(() -> schema.read(text), "row 21, column 2 ('z'): 'two'", "finite number");
    String far = csv(good() + "1e300,2,a\n");
    fails(() -> schema.read(far), "row 21, column 1 ('x')", "too far");
  }

  @Test
  void damagedSchemas() throws IOException {
    String json = Json.compact(Tables.read(csv(good())).split(0, 1).schema().toJson());
    damaged(json.replace("\"kind\":\"number\"", "\"kind\":\"nomber\""), "columns[0].kind");
    damaged(json.replaceFirst("\"scale\":[^,]*", "\"scale\":0.0"), "columns[0]", "scale");
    damaged(json.replace("\"kind\":\"class\"", "\"kind\":\"id\""), "0 targets");
    damaged(json.replace("\"impute\"", "\"guess\""), "missing", "impute, refuse");
  }

  private static void damaged(String json, String... said) {
    fails(() -> TableSchema.fromJson(Json.parse(json, "model.json")), said);
  }
}
