package dev.lamina.benchmarks.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareTest {
  @Test
  void problemSaysWhatItTrains() {
    Problem problem = Problem.parse("13-8-4:32");
    assertEquals("13-8-4:32", problem.toString());
    assertEquals(2, problem.layers());
    assertEquals(2.0 * 32 * (2 * 13 * 8 + 3 * 8 * 4), problem.flops());
    assertArrayEquals(problem.data(), Problem.parse("13-8-4:32").data());
    assertTrue(Arrays.stream(problem.labels()).allMatch(label -> label >= 0 && label < 4));
    assertEquals(4, Arrays.stream(problem.labels()).distinct().count());
    float bound = (float) Math.sqrt(6.0 / 13);
    for (float weight : problem.weights(0)) {
      assertTrue(Math.abs(weight) <= bound);
    }
  }

  @Test
  void problemRefusesWhatIsNone() {
    for (String text : List.of("", "784:128", "784-10", "784-0-10:128", "784-10:x")) {
      assertThrows(LaminaException.class, () -> Problem.parse(text), text);
    }
  }

  @Test
  void measurementSurvivesTheWayBetweenProcesses() {
    Measurement measurement =
        new Measurement(
            "a library, 2 threads", new double[] {2.5, 1.25}, new long[] {5_000_000, 3_000_000}, 7);
    Measurement read = Measurement.read("noise\n" + measurement.toText() + "more noise\n");
    assertEquals(measurement.name(), read.name());
    assertArrayEquals(measurement.losses(), read.losses());
    assertArrayEquals(measurement.nanoseconds(), read.nanoseconds());
    assertEquals(7, read.peakResidentBytes());
    assertEquals(4.0, read.medianMilliseconds());
    assertEquals(3.0, read.minimumMilliseconds());
    assertThrows(LaminaException.class, () -> Measurement.read("a crash\n"));
  }

  @Test
  void differentLossesAreNoComparison() {
    Problem problem = Problem.parse("2-2:2");
    Measurement a = losses(2.0, 1.0);
    Comparison.requireSameLosses(problem, a, losses(2.00001, 1.001));
    assertThrows(
        LaminaException.class, () -> Comparison.requireSameLosses(problem, a, losses(2.0001, 1.0)));
    assertThrows(
        LaminaException.class, () -> Comparison.requireSameLosses(problem, a, losses(2.0, 1.003)));
    assertThrows(
        LaminaException.class,
        () -> Comparison.requireSameLosses(problem, a, losses(2.0, Double.NaN)));
  }

  @Test
  void settingsNameTheirMistakes() {
    assertEquals(3, Settings.parse(new String[] {"--rounds", "3"}).rounds());
    for (String[] arguments :
        new String[][] {
          {"--rounds"}, {"--rounds", "0"}, {"--rounds", "1.5"}, {"--nonsense", "1"}, {"--ours", "x"}
        }) {
      assertThrows(LaminaException.class, () -> Settings.parse(arguments));
    }
  }

  @Test
  void referenceLearns() {
    try (ReferenceStep step = new ReferenceStep(Problem.parse("13-16-4:32"), 1)) {
      step.step();
      double first = step.loss();
      for (int i = 0; i < 3000; i++) {
        step.step();
      }
      assertTrue(step.loss() < 0.8 * first, first + " then " + step.loss());
    }
  }

  /** Two processes of the same contender: a whole comparison, with its report. */
  @Test
  void comparesAndReports(@TempDir Path folder) throws IOException, InterruptedException {
    String reference = ReferenceStep.class.getName();
    Compare.main(
        new String[] {
          "--problems",
          "5-4-3:8",
          "--rounds",
          "2",
          "--seconds",
          "0.05",
          "--warm-up",
          "0.05",
          "--ours",
          "one=" + reference,
          "--yardstick",
          "two=" + reference,
          "--results",
          folder.toString()
        });
    try (var files = Files.list(folder)) {
      List<Path> written = files.sorted().toList();
      assertEquals(2, written.size(), written.toString());
      String json = Files.readString(written.get(0));
      assertTrue(json.contains("\"problem\" : \"5-4-3:8\""), json);
      String markdown = Files.readString(written.get(1));
      assertTrue(markdown.contains("| 5-4-3:8 |"), markdown);
    }
  }

  private static Measurement losses(double... losses) {
    return new Measurement("x", losses, new long[] {1}, 1);
  }
}
