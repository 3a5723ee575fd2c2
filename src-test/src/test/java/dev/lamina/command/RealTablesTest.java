package dev.lamina.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.io.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables as their publishers wrote them are trained on without preparation, where the environment
 * variable LAMINA_TABLES names their folder.
 */
class RealTablesTest {
  @TempDir Path work;

  /**
   * A table.
   *
   * @param target null for the last column
   * @param test another file to evaluate on, or the same
   * @param rows that predictions are made for
   */
  private record Real(String file, String target, String test, int rows, boolean classes) {}

  private static final List<Real> TABLES =
      List.of(
          new Real("titanic.csv", "survived", "titanic.csv", 891, true),
          new Real("titanic.csv", "alone", "titanic.csv", 891, true),
          new Real("penguins.csv", "species", "penguins.csv", 344, true),
          new Real("penguins.csv", "sex", "penguins.csv", 344, true),
          new Real("diamonds.csv", "price", "diamonds.csv", 53_940, false),
          new Real("mpg.csv", "mpg", "mpg.csv", 398, false),
          new Real("adult-train.csv", null, "adult-test.csv", 16_281, true),
          new Real("german.csv", null, "german.csv", 1000, true),
          new Real("banknote_authentication.csv", null, "banknote_authentication.csv", 1372, true),
          new Real("housing.csv", null, "housing.csv", 506, false));

  @TestFactory
  Stream<DynamicTest> trainEvaluateAndPredict() {
    String folder = System.getenv("LAMINA_TABLES");
    if (folder == null || folder.isBlank()) {
      System.out.println("RealTablesTest skipped: LAMINA_TABLES names no folder with tables");
    }
    assumeTrue(folder != null && !folder.isBlank(), "LAMINA_TABLES names no folder");
    return TABLES.stream()
        .map(t ->
            DynamicTest.dynamicTest(t.file + " " + t.target, () -> trained(Path.of(folder), t)));
  }

  private void trained(Path folder, Real table) throws Exception {
    String test = "csv:" + folder.resolve(table.test);
    Path model = Files.createTempDirectory(work, "model").resolve("m");
    List<Object> train = new ArrayList<>(List.of("train", "--json", "--out", model));
    train.addAll(List.of("--data", "csv:" + folder.resolve(table.file), "--test", test));
    train.addAll(List.of("--hidden", 32, "--epochs", 4, "--batch-size", 32));
    train.addAll(List.of("--learning-rate", 0.01));
    if (table.target != null) {
      train.addAll(List.of("--target", table.target));
    }
    JsonNode end = Lamina.succeed(train.toArray()).last();
    JsonNode again = Lamina.succeed("evaluate", "--model", model, "--data", test, "--json").last();
    String score = table.classes ? "accuracy" : "rmse";
    assertEquals(end.get("test_" + score).number(), again.get(score).number());
    assertTrue(!table.classes || again.get("accuracy").number() > 0.6, end.value()::toString);
    List<String> predicted =
        Lamina.succeed("predict", "--model", model, "--data", test).out().lines().toList();
    assertEquals(table.rows + 1, predicted.size());
  }

  @TestFactory
  Stream<DynamicTest> identifiersGoAlong() {
    String folder = System.getenv("LAMINA_TABLES");
    assumeTrue(folder != null && !folder.isBlank(), "LAMINA_TABLES names no folder");
    return Stream.of(
        DynamicTest.dynamicTest(
            "mpg.csv",
            () -> {
              String data = "csv:" + Path.of(folder, "mpg.csv");
              Path model = work.resolve("mpg");
              Lamina.succeed(
                  "train",
                  "--target",
                  "mpg",
                  "--id",
                  "name",
                  "--hidden",
                  8,
                  "--epochs",
                  1,
                  "--data",
                  data,
                  "--out",
                  model);
              List<String> predicted =
                  Lamina.succeed("predict", "--model", model, "--data", data)
                      .out()
                      .lines()
                      .toList();
              assertEquals("name,mpg", predicted.getFirst());
              assertTrue(
                  predicted.get(1).startsWith("chevrolet chevelle malibu,"), predicted.get(1));
            }));
  }
}
