package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lamina.data.CsvOptions.Header;
import dev.lamina.data.CsvOptions.Task;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {
  private static final CsvOptions DEFAULTS = CsvOptions.defaults();

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("a.csv"), text);
  }

  private Dataset read(String text) throws IOException {
    return Csv.read(file(text));
  }

  private Dataset read(String text, CsvOptions options) throws IOException {
    return Csv.read(file(text), options);
  }

  private static float[] features(Dataset data) {
    return data.featureData().toArray(ValueLayout.JAVA_FLOAT);
  }

  private static int[] labels(Dataset data) {
    return data.targetData().toArray(ValueLayout.JAVA_INT);
  }

  private static float[] values(Dataset data) {
    return data.targetData().toArray(ValueLayout.JAVA_FLOAT);
  }

  @Test
  void readsNamesNumbersAndClasses() throws IOException {
    Dataset data =
        read(
            """
            width,height,species
            1.5,-2,setosa
            3e2,.25,virginica

            0,7,setosa
            """);
    assertEquals(
        new Schema(
            2,
            List.of("width", "height"),
            List.of("species"),
            List.of("setosa", "virginica"),
            Schema.LAST),
        data.schema());
    assertArrayEquals(new float[] {1.5f, -2, 300, .25f, 0, 7}, features(data));
    assertArrayEquals(new int[] {0, 1, 0}, labels(data));
  }

  @ParameterizedTest
  @ValueSource(chars = {',', ';', '\t'})
  void findsTheSeparator(char separator) throws IOException {
    String text = "a;b;c\n1;2;x\n3;4;y\n".replace(';', separator);
    assertArrayEquals(new float[] {1, 2, 3, 4}, features(read(text)));
    String quoted = "\"a,;\t\";b;c\n1;\"2\";x\n3;4;\"y;\"\n".replace(';', separator);
    assertArrayEquals(new float[] {1, 2, 3, 4}, features(read(quoted)));
    assertArrayEquals(
        new float[] {1, 2, 3, 4},
        features(read(text.replace(separator, '|'), DEFAULTS.withSeparator('|'))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
  void readsMarkedEncodings(String charset) throws IOException {
    Path path = folder.resolve("a.csv");
    String text = "\uFEFFgr\u00f6\u00dfe,y\r\n1,a\r\n2,b\r\n";
    Files.write(path, text.getBytes(Charset.forName(charset)));
    assertEquals(List.of("gr\u00f6\u00dfe"), Csv.read(path).schema().featureNames());
  }

  @Test
  void findsTheHeader() throws IOException {
    assertEquals(List.of(), read("1,2,x\n3,4,y\n").schema().featureNames());
    assertEquals(List.of("a"), read("a,b\n1,2\n2,1.5\n").schema().featureNames());
    assertEquals(List.of("0", "1"), read("0,1,label\n5,6,1\n7,8,0\n").schema().featureNames());
    assertEquals(2, read("1,2\n3,4.5\n").size());
    // Names that begin with digits or look like gaps, beside one that is clearly a name.
    assertEquals(
        List.of("1x1", "1x2"), read("1x1,1x2,label\n5,6,1\n7,8,0\n").schema().featureNames());
    assertEquals(
        List.of("1x1", "1x2"),
        read("label,1x1,1x2\n1,5,6\n0,7,8\n", DEFAULTS.withTarget("1")).schema().featureNames());
    assertEquals(List.of("NA", "K"), read("NA,K,CL\n5,6,1\n7,8,0\n").schema().featureNames());
    assertEquals(
        List.of("2019", "2020"), read("2019,2020,price\n5,6,1\n7,8,0\n").schema().featureNames());
    assertEquals(List.of("a"), read("a,1st\n1,b\n2,c\n").schema().featureNames());
    assertEquals(3, read("1,2\n3,4.5\n9,8\n", DEFAULTS.withHeader(Header.ABSENT)).size());
    assertEquals(
        List.of("1"),
        read("1,2\n3,4.5\n9,8\n", DEFAULTS.withHeader(Header.PRESENT)).schema().featureNames());
  }

  @Test
  void takesTheTargetByNameOrPosition() throws IOException {
    String text = "a,b,2\n1,2,3.5\n4,5,6\n";
    assertArrayEquals(new float[] {1, 4}, values(read(text, DEFAULTS.withTarget("a"))));
    assertArrayEquals(new float[] {3.5f, 6}, values(read(text, DEFAULTS.withTarget("2"))));
    assertArrayEquals(new float[] {1, 4}, values(read(text, DEFAULTS.withTarget("1"))));
    assertArrayEquals(new float[] {2, 5}, values(read(text, DEFAULTS.withTarget("-2"))));
    Dataset first = read(text, DEFAULTS.withTarget("1"));
    assertEquals(1, first.schema().targetColumn());
    assertEquals(List.of("b", "2"), first.schema().featureNames());
    assertArrayEquals(new float[] {2, 3.5f, 5, 6}, features(first));
  }

  @Test
  void tellsClassesFromRealNumbers() throws IOException {
    assertEquals(List.of("0", "1"), classes("0", "1", "1.0", "+0"));
    assertEquals(List.of("-1", "1"), classes("1", "-1", "-1", "1"));
    assertEquals(List.of("2", "10"), classes("10", "2", "2", "10"), "sorted by size");
    assertEquals(List.of("3", "a", "b"), classes("b", "3", "a", "3"));
    assertEquals(List.of(), classes("0.5", "1", "1", "0.5"));
    assertEquals(List.of(), classes("1", "2", "3", "4"), "none repeats");
    assertEquals(List.of(), classes("5", "5", "5", "5"), "all are equal");
    String[] codes = new String[160];
    String[] ages = new String[160];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = Integer.toString(i % 80);
      ages[i] = Integer.toString(20 + i % 80);
    }
    assertEquals(80, classes(codes).size());
    assertEquals(List.of(), classes(ages), "many that do not count from 0 or 1");
  }

  private List<String> classes(String... targets) throws IOException {
    return read("x,y\n1," + String.join("\n1,", targets)).classNames();
  }

  @Test
  void takesTheTaskThatIsAskedFor() throws IOException {
    String text = "x,y\n1,0\n2,1\n3,1\n4,0\n";
    assertArrayEquals(
        new float[] {0, 1, 1, 0}, values(read(text, DEFAULTS.withTask(Task.REGRESSION))));
    assertEquals(
        List.of("0.5", "1.5", "2"),
        read("x,y\n1,1.5\n2,0.5\n3,2", DEFAULTS.withTask(Task.CLASSIFICATION)).classNames());
  }

  @Test
  void matchesAModelByName() throws IOException {
    Schema model = read("a,b,kind\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n").schema();
    assertEquals(List.of("0", "1"), model.classNames());
    Path other = file("kind,id,b,a\n1.0,9,20,10\n");
    Dataset data = Csv.read(other, DEFAULTS, model);
    assertEquals(model, data.schema());
    assertArrayEquals(new float[] {10, 20}, features(data));
    assertArrayEquals(new int[] {1}, labels(data));
    Dataset unlabelled = Csv.readFeatures(file("b,a\n20,10\n"), DEFAULTS, model);
    assertArrayEquals(new float[] {10, 20}, features(unlabelled));
    assertFalse(unlabelled.hasTargets());
    Dataset ignored = Csv.readFeatures(file("b,a,kind\n20,10,\n"), DEFAULTS, model);
    assertFalse(ignored.hasTargets());
  }

  @Test
  void matchesAModelByPosition() throws IOException {
    Schema model = read("x,1,2\ny,3,4\nx,5,6\n", DEFAULTS.withTarget("1")).schema();
    assertEquals(List.of("x", "y"), model.classNames());
    Dataset data = Csv.read(file("y,30,40\n"), DEFAULTS, model);
    assertArrayEquals(new float[] {30, 40}, features(data));
    assertArrayEquals(new int[] {1}, labels(data));
    assertArrayEquals(
        new float[] {30, 40}, features(Csv.readFeatures(file("30,40\n"), DEFAULTS, model)));
    assertArrayEquals(
        new float[] {30, 40}, features(Csv.readFeatures(file("z,30,40\n"), DEFAULTS, model)));
    assertArrayEquals(
        new float[] {30, 40},
        features(Csv.read(file("30,40,x\n"), DEFAULTS.withTarget("-1"), model)));
    Schema real = read("1,2\n3,4.5\n").schema();
    assertArrayEquals(new float[] {7}, values(Csv.read(file("5,7\n"), DEFAULTS, real)));
  }

  @Test
  void readsManyRowsAndColumns() throws IOException {
    int rows = 3000;
    int columns = 20;
    SplittableRandom random = new SplittableRandom(3);
    float[] numbers = new float[rows * columns];
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        float x = Float.intBitsToFloat(random.nextInt() & 0xBF7FFFFF);
        numbers[i * columns + j] = x;
        text.append(x).append(',');
      }
      text.append(i % 7).append("\n");
    }
    Dataset data = read(text.toString());
    assertArrayEquals(numbers, features(data));
    assertEquals(7, data.classNames().size());
    assertEquals(6, data.label(6));
  }

  @Test
  void wideFilesHaveRoom() throws IOException {
    int columns = 20_000;
    String text = "1,".repeat(columns) + "a\n" + "2,".repeat(columns) + "b\n";
    assertEquals(columns, read(text).features());
  }
}
