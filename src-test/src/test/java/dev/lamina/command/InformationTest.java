package dev.lamina.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.io.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Help, version, devices and measurements. */
class InformationTest {
  private static final List<String> COMMANDS =
      List.of("train", "evaluate", "predict", "devices", "bench");

  @TestFactory
  Stream<DynamicTest> everyCommandExplainsItself() {
    return COMMANDS.stream()
        .map(command ->
            DynamicTest.dynamicTest(
                command,
                () -> {
                  Lamina help = Lamina.succeed(command, "--help");
                  assertTrue(help.out().startsWith("Usage: lamina " + command), help.out());
                  assertEquals("", help.err());
                  assertEquals(help, Lamina.succeed("help", command));
                  assertTrue(help.out().lines().allMatch(l -> l.length() <= 100), help.out());
                }));
  }

  @Test
  void helpListsTheCommandsAndSources() {
    String help = Lamina.succeed("--help").out();
    COMMANDS.forEach(c -> assertTrue(help.contains("\n  " + c), help));
    List.of("digits[:N]", "idx:FOLDER", "csv:FILE", "parquet:FILE", "json:FILE", "sql:QUERY")
        .forEach(s -> assertTrue(help.contains(s), help));
  }

  @Test
  void trainOffersTheOptionsOfTheSpecification() {
    String help = Lamina.succeed("train", "--help").out();
    for (String option :
        "data test validation-split target hidden activation loss optimizer learning-rate"
            .concat(" weight-decay dropout batch-size epochs seed device threads out json")
            .split(" ")) {
      assertTrue(help.contains("--" + option), option);
    }
  }

  @Test
  void versionIsOneLine() {
    String version = Lamina.succeed("--version").out();
    assertEquals(1, version.lines().count());
    assertTrue(version.startsWith("lamina "), version);
  }

  @Test
  void devicesTellsOfEveryBackend() {
    List<JsonNode> lines = Lamina.succeed("devices", "--json").json();
    assertTrue(
        lines.stream()
            .anyMatch(l -> l.get("device").text().equals("cpu") && l.get("usable").flag()));
    assertTrue(lines.stream().anyMatch(l -> l.get("device").text().startsWith("cuda")));
    for (JsonNode line : lines) {
      assertEquals(line.get("usable").flag(), line.find("reason").isEmpty());
      assertEquals(line.get("usable").flag(), line.find("remedy").isEmpty());
    }
    String text = Lamina.succeed("devices", "--verbose").out();
    lines.forEach(l -> assertTrue(text.contains(l.get("device").text()), text));
  }

  @Test
  void benchMeasuresAWholeStep() {
    Lamina result =
        Lamina.succeed(
            "bench",
            "--layers",
            "64-32-10",
            "--batch",
            16,
            "--seconds",
            0.2,
            "--device",
            "cpu",
            "--json");
    assertEquals(1, result.json().size());
    JsonNode line = result.last();
    assertEquals("64-32-10", line.get("layers").text());
    assertEquals(16, line.get("batch").whole());
    assertEquals("cpu", line.get("device").text());
    assertTrue(line.get("min_ms").number() > 0);
    assertTrue(line.get("median_ms").number() >= line.get("min_ms").number());
    assertTrue(line.get("gflops").number() > 0);
  }

  @Test
  void benchReadsWellAndDescribesItsSteps() {
    Lamina result =
        Lamina.succeed("bench", "--layers", "8-4-3", "--batch", 4, "--seconds", 0.1, "--describe");
    assertTrue(result.out().contains("8-4-3, batch 4, on "), result.out());
    assertTrue(result.out().contains("GFLOP/s"), result.out());
    assertFalse(result.err().isEmpty());
  }
}
