package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.data.CsvOptions.Header;
import dev.lamina.data.CsvOptions.Task;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvErrorsTest {
  private static final CsvOptions DEFAULTS = CsvOptions.defaults();
  private static final Schema MODEL =
      new Schema(2, List.of("a", "b"), List.of("kind"), List.of("cat", "dog"), Schema.LAST);

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("a.csv"), text);
  }

  private static void refused(Runnable action, String message) {
    LaminaException e = assertThrows(LaminaException.class, action::run);
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a,b,y\\n1,2,3\\n4,5\\n | line 3: 2 cells; expected 3 as in line 1, separated by commas",
        "a;b;y\\n1;2;3\\n4;5;6;7\\n | line 3: 4 cells; expected 3 as in line 1, separated by semi",
        "a,b,y\\n\\n\\n1,2,3\\n4\\n | line 5: 1 cell; expected 3",
        "a,b,y\\n1,2,3\\n4,red,6\\n | line 3, column 2 ('b'): 'red' where a number is expected",
        "1,2,3\\n4,red,6\\n | line 2, column 2: 'red' where a number is expected",
        "5.1,abc,0\\n4,3,1\\n | line 1, column 2: 'abc' where a number is expected",
        "a,b,y\\n1,2,3\\n4,,6\\n | line 3, column 2 ('b'): an empty cell where a number",
        "a,b,y\\n1,2,3\\n4,  ,6\\n | line 3, column 2 ('b'): an empty cell",
        "a,b,y\\n1,2,3\\nNaN,5,6\\n | line 3, column 1 ('a'): 'NaN' where a finite number",
        "a,b,y\\n1,2,3\\n-inf,5,6\\n | line 3, column 1 ('a'): '-inf' where a finite number",
        "a,b,y\\n1,2,3\\n?,5,6\\n | line 3, column 1 ('a'): '?' where a finite number",
        "a,b,y\\n1,2,3\\n1e39,5,6\\n | line 3, column 1 ('a'): 1e39 is too large for a 32-bit",
        "a,b,y\\n1,2,3\\n1f,5,6\\n | line 3, column 1 ('a'): '1f' where a number",
        "a,b,y\\n1,2,3\\n0x1p3,5,6\\n | line 3, column 1 ('a'): '0x1p3' where a number",
        "a;y\\n1,5;3\\n2;4\\n | line 2, column 1 ('a'): '1,5' has a decimal comma",
        "a,b,y\\n1,2,\\n | line 2, column 3 ('y'): the target is empty",
        "a,b,y\\n1,2,3.5\\n1,2,NaN\\n | line 3, column 3 ('y'): the target 'NaN' is not a number,"
            + " but that of line 2 is: 3.5",
        "a,b,y\\n1,2,1\\n1,2,nan\\n1,2,1\\n | line 3, column 3 ('y'): the target 'nan'",
        "a,b,y\\n1,2,1\\n1,2,NA\\n1,2,1\\n"
            + " | line 3, column 3 ('y'): the target 'NA' is not a number",
        "a,b,y\\n1,2,0.5\\n1,2,x\\n | line 3, column 3 ('y'): the target 'x' is not a number",
        "a,b,y\\n1,2,0.5\\n1,2,1e50\\n | line 3, column 3 ('y'): 1e50 is too large",
        "a,b,y\\n1,2,x\\n1,2,x\\n | every line has the class 'x'",
        "a,b,a\\n1,2,3\\n | line 1: columns 1 and 3 are both called 'a'; rename one",
        "a,,y\\n1,2,3\\n | line 1, column 2: the column has no name",
        "a,b,y\\n | line 1 holds names, but no data follow",
        "`` | the file is empty",
        "\\n\\n | the file is empty",
        "1\\n2\\n | one column; expected features and a target",
        "a,b,y\\n1,\"2,3\\n4,5,6\\n | the lines cannot be told apart",
      })
  void namesLineAndColumn(String text, String message) throws IOException {
    Path path = file(text.replace("\\n", "\n"));
    refused(() -> Csv.read(path), message);
    refused(() -> Csv.read(path), path + ":");
  }

  @Test
  void listsTheColumnsAndSuggestsOne() throws IOException {
    Path path = file("width,height,species\n1,2,a\n3,4,b\n");
    refused(
        () -> Csv.read(path, DEFAULTS.withTarget("Spezies")),
        path
            + ": there is no column 'Spezies'; the columns are 'width', 'height', 'species'; did"
            + " you mean 'species'?");
    refused(
        () -> Csv.read(path, DEFAULTS.withTarget("4")), "there is no column 4; there are 1 to 3");
    refused(() -> Csv.read(path, DEFAULTS.withTarget("0")), "no column 0");
    refused(() -> Csv.read(path, DEFAULTS.withTarget("-4")), "-1 to -3 from the end");
    refused(
        () -> Csv.read(file2("1,2\n3,4\n"), DEFAULTS.withTarget("y")),
        "its columns have no names, so give a position from 1 to 2");
  }

  private Path file2(String text) {
    try {
      return file(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void asksForTheModelsColumnsAndClasses() {
    refused(
        () -> Csv.read(file2("a,c,kind\n1,2,cat\n"), DEFAULTS, MODEL),
        "the model's feature 'b' is not among the columns 'a', 'c', 'kind'");
    refused(
        () -> Csv.read(file2("a,b,kidn\n1,2,cat\n"), DEFAULTS, MODEL),
        "the model's target 'kind' is not among the columns 'a', 'b', 'kidn'; did you mean"
            + " 'kidn'?");
    refused(
        () -> Csv.read(file2("a,b,kind\n1,2,cat\n1,2,dgo\n"), DEFAULTS, MODEL),
        "line 3, column 3 ('kind'): the class 'dgo' is not known to the model; it knows 'cat',"
            + " 'dog'; did you mean 'dog'?");
    refused(
        () -> Csv.read(file2("a,b,kind\n1,2,\n"), DEFAULTS, MODEL),
        "line 2, column 3 ('kind'): an empty cell is not known");
    refused(
        () -> Csv.read(file2("1,2\n"), DEFAULTS, MODEL),
        "2 columns; the model expects 2 features and the target");
    refused(
        () -> Csv.readFeatures(file2("1\n"), DEFAULTS, MODEL),
        "1 column; the model expects 2 features, and the target or not");
    refused(
        () -> Csv.read(file2("1,2\n"), DEFAULTS, Schema.regression(1, 2)), "predicts 2 targets");
    refused(
        () -> Csv.read(file2("1,x\n"), DEFAULTS, Schema.regression(1, 1)),
        "line 1, column 2: 'x' where a number is expected");
  }

  /** Otherwise line 1 would be dropped without a word. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1,NA,3\\n4,5,6\\n7,8,9\\n | line 1, column 2: 'NA' where a finite number is expected",
        "1,3x,2\\n4,5,6\\n7,8,9\\n | line 1, column 2: '3x' where a number is expected",
        "?,1,2\\n4,5,6\\n7,8,9\\n | line 1, column 1: '?' where a finite number is expected",
        "1;2,5;4\\n4;5;6\\n7;8;9\\n | line 1, column 2: '2,5' has a decimal comma",
        "abc,5,3\\n4,5,6\\n7,8,9\\n | line 1, column 1: 'abc' where a number is expected",
        "1,2,n/a\\n4,5,6\\n7,8,9\\n | line 1, column 3: the target 'n/a' is not a number",
        "NA,up\\n1,down\\n2,up\\n | line 1: column 1 holds 'NA', so it may be names or data",
        "1x,2x,up\\n1,3,down\\n2,3,up\\n | line 1: column 1 holds '1x', so it may be names or",
        "1,5;2,5\\n3;4\\n5;6\\n | line 1: column 1 holds '1,5', so it may be names or data",
        "NA,-\\n1,2\\n3,4\\n | say which: Header.PRESENT or Header.ABSENT, or --header present",
      })
  void aFirstLineThatIsNoHeaderIsNotTakenForOne(String text, String message) throws IOException {
    Path path = file(text.replace("\\n", "\n"));
    refused(() -> Csv.read(path), message);
    refused(() -> Csv.read(path), "header");
    Dataset named = Csv.read(path, DEFAULTS.withHeader(Header.PRESENT));
    assertEquals(2, named.size());
  }

  @Test
  void tooManyColumnsAreCalledThat() throws IOException {
    int limit = 1 << 20;
    Path path = file("1,".repeat(limit) + "1\n" + "2,".repeat(limit) + "2\n");
    refused(() -> Csv.read(path), "line 1: more than 1048576 cells");
    refused(() -> Csv.read(path), "was the table turned on its side?");
    Files.writeString(path, "1,2\n".repeat(9) + "1,".repeat(limit) + "1\n");
    refused(() -> Csv.read(path), "line 10: more than 1048576 cells; expected 2 as in line 1");
  }

  @Test
  void refusesTextThatIsNoneAndFilesThatAreNone() throws IOException {
    Path path = folder.resolve("a.csv");
    String text = "a,y\n" + "1,2\n".repeat(50_000) + "\u00e9,3\n1,2\n";
    Files.write(path, text.getBytes(StandardCharsets.ISO_8859_1));
    refused(() -> Csv.read(path), path + ": line 50002: not UTF-8 text");
    refused(() -> Csv.read(folder), "it is a folder");
    refused(() -> Csv.read(folder.resolve("no.csv")), "there is no such file");
  }

  @Test
  void refusesOptionsThatDoNotFit() throws IOException {
    refused(() -> DEFAULTS.withSeparator('\n'), "cannot separate");
    Path path = file("a,y\n1,x\n2,y\n");
    refused(
        () -> Csv.read(path, DEFAULTS.withTask(Task.REGRESSION)),
        "line 2, column 2 ('y'): 'x' where a number is expected");
    refused(
        () -> Csv.read(path, DEFAULTS.withHeader(Header.ABSENT)),
        "line 1, column 1: 'a' where a number is expected");
    Path ids = file("x,id\n" + String.join("\n", numbered("1,id", 30)) + "\n");
    refused(() -> Csv.read(ids), "30 different texts in 30 lines do not look like classes");
    assertEquals(30, Csv.read(ids, DEFAULTS.withTask(Task.CLASSIFICATION)).classNames().size());
  }

  private static List<String> numbered(String prefix, int n) {
    return IntStream.range(0, n).mapToObj(i -> prefix + i).toList();
  }
}
