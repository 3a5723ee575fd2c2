package dev.lamina.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.data.CsvOptions.Task;
import dev.lamina.data.Dataset;
import dev.lamina.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a schema learns of its training rows, against numbers computed otherwise. */
class SchemaFitTest {
  @TempDir Path folder;
  private int files;

  private String csv(String text) throws IOException {
    return "csv:" + Files.writeString(folder.resolve("t" + files++ + ".csv"), text);
  }

  private Dataset train(String text, TableOptions options) throws IOException {
    return Tables.read(csv(text), options).split(0, 1).split().train();
  }

  private static float[] column(Dataset data, String name) {
    int j = data.featureNames().indexOf(name);
    assertTrue(j >= 0, () -> name + " is not in " + data.featureNames());
    float[] cells = new float[data.size()];
    float[] row = new float[data.features()];
    for (int i = 0; i < cells.length; i++) {
      data.copyRow(i, row);
      cells[i] = row[j];
    }
    return cells;
  }

  private static void assertColumn(Dataset data, String name, double... expected) {
    float[] came = column(data, name);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], came[i], 1e-5, name + " of row " + i);
    }
    assertEquals(expected.length, came.length);
  }

  @Test
  void numbers() throws IOException {
    // Mean 4, squares 9 + 1 + 1 + 9 = 20, deviation sqrt(5).
    Dataset data = train("x,y\n1,a\n3,b\n5,a\n7,b\n", TableOptions.defaults());
    double d = Math.sqrt(5);
    assertColumn(data, "x", -3 / d, -1 / d, 1 / d, 3 / d);
  }

  @Test
  void logarithm() throws IOException {
    TableOptions log = TableOptions.defaults().withKind("x", ColumnKind.LOG);
    Dataset data = train("x,y\n0,a\n1e6,b\n-1e6,a\n0,b\n", log);
    // Mean 0; two of four are ± ln(1 + 1e6), so the deviation is that over the root of 2.
    assertColumn(data, "x", 0, Math.sqrt(2), -Math.sqrt(2), 0);
  }

  @Test
  void quantiles() throws IOException {
    TableOptions quantile = TableOptions.defaults().withKind("x", ColumnKind.QUANTILE);
    // Shares 0, 1/4, 1/2, 3/4, 1: mean 1/2, variance 1/8.
    Dataset data = train("x,y\n1,a\n10,b\n100,a\n1000,b\n10000,a\n", quantile);
    double d = Math.sqrt(0.125);
    assertColumn(data, "x", -0.5 / d, -0.25 / d, 0, 0.25 / d, 0.5 / d);
    assertEquals(0, NumberTransform.QUANTILE.apply(-7, new double[] {1, 2, 3}));
    assertEquals(1, NumberTransform.QUANTILE.apply(7, new double[] {1, 2, 3}));
    assertEquals(0.25, NumberTransform.QUANTILE.apply(1.5, new double[] {1, 2, 3}));
    // Of equal landmarks the middle.
    assertEquals(0.5, NumberTransform.QUANTILE.apply(2, new double[] {1, 2, 2, 2, 3}));
  }

  @Test
  void categoriesStayZeroAndOne() throws IOException {
    Dataset data = train("c,y\nb,1.5\na,2.5\n10,3.5\n9,4.5\nb,5.5\n", TableOptions.defaults());
    assertEquals(List.of("c=9", "c=10", "c=a", "c=b"), data.featureNames());
    assertColumn(data, "c=b", 1, 0, 0, 0, 1);
    assertColumn(data, "c=10", 0, 0, 1, 0, 0);
  }

  @Test
  void rareCategoriesShareAFeature() throws IOException {
    StringBuilder text = new StringBuilder("c,y\n");
    for (int i = 0; i < 60; i++) {
      text.append(i < 30 ? "often" : i < 50 ? "less" : "rare" + i % 5).append(',');
      text.append(i % 2).append('\n');
    }
    TableOptions three = TableOptions.defaults().withMaxCategories(3);
    Dataset data = train(text.toString(), three);
    assertEquals(List.of("c=less", "c=often", "c other"), data.featureNames());
    assertEquals(1, column(data, "c other")[55]);
    assertEquals(0, column(data, "c other")[0]);
  }

  @Test
  void datesAreYearAndCyclicPairs() throws IOException {
    // A Thursday and a Sunday.
    String text = "t,y\n2026-01-01 06:00:00,a\n2028-07-02 00:00:00,b\n";
    Dataset data = train(text, TableOptions.defaults());
    assertEquals(7, data.features());
    assertColumn(data, "t year", -1, 1);
    assertColumn(data, "t month sin", 0, 0);
    assertColumn(data, "t month cos", 1, -1);
    assertColumn(data, "t weekday sin", Math.sin(6 * Math.PI / 7), Math.sin(12 * Math.PI / 7));
    assertColumn(data, "t hour sin", 1, 0);
    assertColumn(data, "t hour cos", 0, 1);
    assertEquals(
        5, train(text.replaceAll(" \\d\\d:.*?,", ","), TableOptions.defaults()).features());
  }

  @Test
  void booleans() throws IOException {
    Dataset data = train("b,x,y\nTRUE,1,a\nfalse,2,b\ntrue,4,a\n", TableOptions.defaults());
    assertColumn(data, "b", 1, 0, 1);
    TableOptions asked = TableOptions.defaults().withKind("b", ColumnKind.BOOLEAN);
    assertColumn(train("b,x,y\nyes,1,a\nno,2,b\nno,4,a\n", asked), "b", 1, 0, 0);
  }

  @Test
  void identifiersConstantsAndCountersAreDropped() throws IOException {
    StringBuilder text = new StringBuilder("n,key,same,x,y\n");
    for (int i = 0; i < 40; i++) {
      text.append(i + 1).append(",k").append(i).append(",7,").append(i % 5).append(',');
      text.append(i % 2).append('\n');
    }
    TrainingTable table = Tables.read(csv(text.toString())).split(0, 1);
    assertEquals(List.of("x"), table.split().train().featureNames());
    String described = table.schema().describe();
    assertTrue(described.contains("it counts the rows"), described);
    assertTrue(described.contains("an identifier, 40 different texts in 40 rows"), described);
    assertTrue(described.contains("always 7"), described);
    TableOptions kept =
        TableOptions.defaults()
            .withKind("n", ColumnKind.NUMBER)
            .withKind("key", ColumnKind.CATEGORY)
            .withDropped("x");
    assertEquals(41, train(text.toString(), kept).features());
  }

  @Test
  void onlyTrainingRowsCount() throws IOException {
    StringBuilder text = new StringBuilder("x,c,y\n");
    Random random = new Random(3);
    double[] x = new double[200];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(1000) / 8.0;
      text.append(x[i]).append(",c").append(random.nextInt(4)).append(',').append(i % 2);
      text.append('\n');
    }
    Table table = Tables.read(csv(text.toString()));
    int[] train = random.ints(0, 200).distinct().limit(90).sorted().toArray();
    TrainingTable ready = table.fit(train, new int[] {1, 2}, java.lang.foreign.Arena.ofAuto());
    double mean = 0;
    for (int i : train) {
      mean += x[i] / train.length;
    }
    NumberEncoder number = (NumberEncoder) ready.schema().columns().getFirst().use();
    assertEquals(mean, number.mean(), 1e-9);
    assertEquals(90, ready.split().train().size());
    assertEquals(2, ready.split().validation().size());
  }

  @Test
  void targets() throws IOException {
    String text = "x,y\n1,0\n2,1\n3,0\n4,1\n5,0\n6,1\n";
    assertEquals(List.of("0", "1"), train(text, TableOptions.defaults()).classNames());
    TableOptions number = TableOptions.defaults().withTask(Task.REGRESSION);
    TrainingTable regression = Tables.read(csv(text), number).split(0, 1);
    assertEquals(List.of(), regression.schema().schema().classNames());
    assertEquals(0.5, regression.preprocessing().targets().orElseThrow().mean().getFirst());
    TableOptions first = TableOptions.target("1").withTask(Task.CLASSIFICATION);
    assertEquals(List.of("1", "2", "3", "4", "5", "6"), train(text, first).classNames());
  }

  @Test
  void aColumnThatSaysTheTargetIsNoted() throws IOException {
    StringBuilder text = new StringBuilder("x,alive,y\n");
    for (int i = 0; i < 60; i++) {
      text.append(i % 7).append(i % 2 == 0 ? ",yes,1\n" : ",no,0\n");
    }
    List<String> notes = Tables.read(csv(text.toString())).split(0, 1).notes();
    assertTrue(
        notes.stream().anyMatch(n -> n.contains("'alive'") && n.contains("--drop")),
        notes::toString);
  }

  @Test
  void survivesJson() throws IOException {
    String text =
        "x,c,b,t,h,k,w,y\n"
            + "1,a,true,01.02.2026,10:00,q1,5,u\n2,b,false,15.02.2026,12:00,q2,6,v\n"
            + ",,,,,q3,9,u\n4,a,true,28.02.2025,23:59,q4,1,v\n";
    TableOptions options =
        TableOptions.defaults()
            .withIdentifier("k")
            .withKind("w", ColumnKind.QUANTILE)
            .withGap("none at all");
    TableSchema schema = Tables.read(csv(text), options).split(0, 1).schema();
    String json = Json.pretty(schema.toJson());
    TableSchema back = TableSchema.fromJson(Json.parse(json, "model.json"));
    assertEquals(schema, back);
    assertEquals(json, Json.pretty(back.toJson()));
    assertEquals(schema.schema(), back.schema());
    TableRows one = schema.read(csv(text));
    TableRows two = back.read(csv(text));
    assertEquals(-1, one.data().featureData().mismatch(two.data().featureData()));
    assertEquals(List.of("q1", "q2", "q3", "q4"), two.carried().getFirst().cells());
  }
}
