package dev.lamina.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.io.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Predictions as CSV. */
class PredictionTest {
  @TempDir Path work;
  private Path data;
  private Path model;

  @BeforeEach
  void train() throws IOException {
    data = Samples.classes(work.resolve("classes.csv"), 600);
    model = work.resolve("model");
  }

  private void train(String loss) {
    Lamina.succeed(
        "train",
        "--data",
        "csv:" + data,
        "--hidden",
        16,
        "--batch-size",
        16,
        "--learning-rate",
        0.01,
        "--epochs",
        5,
        "--loss",
        loss,
        "--out",
        model);
  }

  private List<String> predict(Path from) {
    return Lamina.succeed("predict", "--model", model, "--data", "csv:" + from)
        .out()
        .lines()
        .toList();
  }

  @Test
  void classesAndProbabilitiesAgreeWithTheEvaluation() throws IOException {
    List<String> truth = Files.readAllLines(data);
    for (String loss : List.of("auto", "binary-cross-entropy", "mean-squared-error")) {
      train(loss);
      List<String> predicted = predict(data);
      String kind = loss.startsWith("mean") ? "score" : "p";
      assertEquals("class," + kind + "(down)," + kind + "(up)", predicted.getFirst());
      assertEquals(601, predicted.size());
      int right = 0;
      for (int i = 1; i <= 600; i++) {
        String[] cells = predicted.get(i).split(",");
        double down = Double.parseDouble(cells[1]);
        double up = Double.parseDouble(cells[2]);
        assertEquals(up > down ? "up" : "down", cells[0], predicted.get(i));
        if (!loss.startsWith("mean")) {
          assertEquals(1, down + up, 1e-5, predicted.get(i));
        }
        right += truth.get(i).endsWith("," + cells[0]) ? 1 : 0;
      }
      JsonNode evaluation =
          Lamina.succeed("evaluate", "--model", model, "--data", "csv:" + data, "--json").last();
      assertEquals(evaluation.get("accuracy").number(), right / 600.0, 1e-12, loss);
    }
  }

  @Test
  void writesTheSameToAFileAndReplacesItWhole() throws IOException {
    train("auto");
    Path file = Files.writeString(work.resolve("p.csv"), "before");
    Lamina result =
        Lamina.succeed("predict", "--model", model, "--data", "csv:" + data, "--out", file);
    assertEquals("", result.out());
    assertTrue(result.err().contains("600 predictions written to " + file), result.err());
    assertEquals(predict(data), Files.readAllLines(file));
  }

  @Test
  void needsNoTargetAndFindsColumnsByName() throws IOException {
    train("auto");
    List<String> expected = predict(data);
    String swapped =
        Files.readAllLines(data).stream()
            .map(line -> line.split(","))
            .map(cells -> "1," + cells[1] + "," + cells[0])
            .collect(Collectors.joining("\n"))
            .replaceFirst("1,y,x", "number,y,x");
    assertEquals(expected, predict(Files.writeString(work.resolve("swapped.csv"), swapped)));
    String bare =
        Files.readAllLines(data).stream()
            .skip(1)
            .map(line -> line.substring(0, line.lastIndexOf(',')))
            .collect(Collectors.joining("\n"));
    assertEquals(expected, predict(Files.writeString(work.resolve("bare.csv"), bare)));
  }
}
