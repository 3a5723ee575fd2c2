package dev.lamina.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.data.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gaps and unknown categories. */
class GapsTest {
  @TempDir Path folder;
  private int files;

  private String csv(String text) throws IOException {
    return "csv:" + Files.writeString(folder.resolve("t" + files++ + ".csv"), text);
  }

  private static float[] row(Dataset data, int i) {
    float[] row = new float[data.features()];
    data.copyRow(i, row);
    return row;
  }

  @Test
  void everyWordForAGap() throws IOException {
    StringBuilder text = new StringBuilder("x,c,y\n1,a,0\n2,b,1\n6,b,0\n");
    List<String> words = List.of("", "NA", "NaN", "nan", "null", "NULL", "?", "None", " ? ", "n/a");
    words.forEach(word -> text.append(word).append(',').append(word).append(",1\n"));
    Dataset data = Tables.read(csv(text.toString())).split(0, 1).split().train();
    assertEquals(List.of("x", "x missing", "c=a", "c=b", "c missing"), data.featureNames());
    // The median of 1, 2, 6 is 2, the mean 3, the deviation sqrt(14/3).
    for (int i = 3; i < 3 + words.size(); i++) {
      float[] row = row(data, i);
      assertEquals((2 - 3) / Math.sqrt(14 / 3.0), row[0], 1e-6);
      assertEquals(List.of(1f, 0f, 0f, 1f), List.of(row[1], row[2], row[3], row[4]));
    }
    assertEquals(0, row(data, 0)[1]);
  }

  @Test
  void ownWordsMayBeNumbers() throws IOException {
    TableOptions options = TableOptions.defaults().withGap("-99").withGap("Unknown");
    String text = "x,y\n1,a\n-99,b\nunknown,a\n3,b\n";
    Dataset data = Tables.read(csv(text), options).split(0, 1).split().train();
    assertEquals(List.of("x", "x missing"), data.featureNames());
    assertEquals(-1, row(data, 0)[0]);
    assertEquals(1, row(data, 1)[1]);
    assertEquals(1, row(data, 2)[1]);
  }

  @Test
  void refusedIfAskedFor() throws IOException {
    TableOptions refuse = TableOptions.defaults().withMissing(MissingValues.REFUSE);
    Table table = Tables.read(csv("x,y\n1,a\n,b\n3,a\n"), refuse);
    LaminaException e = assertThrows(LaminaException.class, () -> table.split(0, 1));
    assertTrue(e.getMessage().contains("row 2, column 1 ('x')"), e.getMessage());
    TableSchema schema = Tables.read(csv("x,y\n1,a\n2,b\n3,a\n"), refuse).split(0, 1).schema();
    String later = csv("x,y\n1,a\n2,b\nNA,a\n");
    e = assertThrows(LaminaException.class, () -> schema.read(later));
    assertTrue(e.getMessage().contains("row 3, column 1 ('x')"), e.getMessage());
  }

  @Test
  void rowsWithoutTargetAreLeftOutAndCounted() throws IOException {
    Table table = Tables.read(csv("x,y\n1,a\n2,?\n3,b\n4,\n5,a\n"));
    assertEquals(3, table.size());
    TrainingTable ready = table.split(0, 1);
    assertTrue(ready.notes().stream().anyMatch(n -> n.contains("missing in 2 rows")));
    Dataset data = ready.split().train();
    assertEquals(List.of(0, 1, 0), List.of(data.label(0), data.label(1), data.label(2)));
    assertEquals(5, ready.schema().readFeatures(csv("x,y\n1,\n2,\n3,\n4,\n5,\n")).data().size());
  }

  @Test
  void whatTrainingDidNotSee() throws IOException {
    TableSchema schema = Tables.read(csv("x,c,y\n1,a,0\n2,b,1\n3,a,0\n")).split(0, 1).schema();
    TableRows rows = schema.read(csv("x,c,y\n1,a,0\n2,zz,1\n,b,0\n1,,1\n1,zz,1\n"));
    assertEquals(0, row(rows.data(), 1)[1] + row(rows.data(), 1)[2]);
    assertEquals(0, row(rows.data(), 3)[1] + row(rows.data(), 3)[2]);
    assertEquals(0, row(rows.data(), 2)[0], "the median, which is the mean");
    String notes = rows.notes().toString();
    assertTrue(notes.contains("2 rows have categories that training did not see"), notes);
    assertTrue(notes.contains("'zz'"), notes);
    assertTrue(notes.contains("column 1 ('x'): 1 gap where training had none"), notes);
  }

  @Test
  void classesThatEndInAPoint() throws IOException {
    TableSchema schema =
        Tables.read(csv("1, <=50K\n2, >50K\n3, <=50K\n4, >50K\n")).split(0, 1).schema();
    TableRows rows = schema.read(csv("1, <=50K.\n2, >50K.\n"));
    assertEquals(0, rows.data().label(0));
    assertEquals(1, rows.data().label(1));
    assertTrue(rows.notes().toString().contains("end in a point"), rows.notes()::toString);
    String mixed = csv("1, <=50K.\n2, >50K\n");
    LaminaException e = assertThrows(LaminaException.class, () -> schema.read(mixed));
    assertTrue(e.getMessage().contains("'<=50K.' is not known"), e.getMessage());
  }

  @Test
  void columnsWithoutACellAreDropped() throws IOException {
    TrainingTable ready = Tables.read(csv("e,x,y\n,1,a\n,2,b\nNA,3,a\n")).split(0, 1);
    assertEquals(List.of("x"), ready.split().train().featureNames());
    assertTrue(ready.schema().describe().contains("empty in all rows"));
  }
}
