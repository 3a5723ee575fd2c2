package dev.lamina.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.io.Json;
import dev.lamina.io.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The comparison with PyTorch, both of whose sides are played by a script here: what counts, what
 * is refused, and what is left out. Needs Python, but not PyTorch.
 */
class PeerComparisonTest {
  private static final Path PEERS = Path.of("peers").toAbsolutePath();

  @TempDir private Path folder;

  /** The peers with a script in the place of pytorch_step.py. */
  @BeforeEach
  void copyPeers() throws IOException, InterruptedException {
    assumeTrue(run(List.of("python3", "--version")).code() == 0, "there is no python3");
    for (String name : List.of("pytorch_mlp.py", "contender.py", "table.py")) {
      Files.copy(PEERS.resolve(name), folder.resolve(name));
    }
    contender("pytorch_step.py", "[2.0, 1.5]", "4.0");
    contender("ours.py", "[2.0, 1.5]", "2.0");
  }

  /** A contender that has these losses and always measures this time. */
  private void contender(String name, String losses, String milliseconds) throws IOException {
    Files.writeString(
        folder.resolve(name),
        """
        import json, sys
        if "eager" in sys.argv:
            sys.exit("RuntimeError: no eager form")
        print(json.dumps({"losses": %s}), flush=True)
        for line in sys.stdin:
            print(json.dumps({"median_ms": %s, "steps": 1}), flush=True)
        """
            .formatted(losses, milliseconds));
  }

  private record Result(int code, List<JsonNode> lines) {
    JsonNode row() {
      return lines.getLast();
    }
  }

  private Result compare(String... more) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "python3",
                "-B",
                folder.resolve("pytorch_mlp.py").toString(),
                "--problems",
                "5-4-3:8",
                "--precisions",
                "fp32",
                "--device",
                "cpu",
                "--rounds",
                "3",
                "--lamina",
                "python3 -B " + folder.resolve("ours.py"),
                "--table",
                folder.resolve("table.md").toString()));
    command.addAll(List.of(more));
    return run(command);
  }

  private static Result run(List<String> command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      return new Result(127, List.of());
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    List<JsonNode> lines =
        output
            .lines()
            .filter(l -> l.startsWith("{"))
            .map(l -> Json.parse(l, "pytorch_mlp.py"))
            .toList();
    return new Result(process.waitFor(), lines);
  }

  @Test
  void theFastestFormRunsInTurnsWithOurs() throws IOException, InterruptedException {
    Result result = compare();
    assertEquals(0, result.code());
    assertEquals("ok", result.row().get("state").text());
    assertEquals("fp32, compile", result.row().get("form").text());
    assertEquals(2.0, result.row().get("ratio").number());
    assertTrue(
        result.lines().stream()
            .anyMatch(l -> l.find("error").filter(e -> e.text().contains("no eager")).isPresent()),
        "a form that fails loses no other");
    assertTrue(Files.readString(folder.resolve("table.md")).contains("in turns: 2, 2, 2"));
  }

  @Test
  void otherLossesAreAFailure() throws IOException, InterruptedException {
    contender("pytorch_step.py", "[2.0, 1.4]", "1.0");
    Result result = compare();
    assertEquals(1, result.code());
    assertEquals("failed", result.row().get("state").text());
    assertTrue(result.row().get("note").text().contains("losses of step 2 differ"));
    assertTrue(result.row().find("ratio").isEmpty(), "what computes something else has no time");
  }

  /** The row when our side ends with a mistake. */
  private Result withMistake(String message) throws IOException, InterruptedException {
    Files.writeString(
        folder.resolve("ours.py"),
        "import sys; print('step: " + message + "', file=sys.stderr); exit(2)");
    Result result = compare();
    assertEquals("exit code 2; step: " + message, result.row().get("note").text());
    return result;
  }

  @Test
  void aPrecisionThatTheDeviceLacksIsSkipped() throws IOException, InterruptedException {
    Result result = withMistake("precision bf16: the CPU does not have it");
    assertEquals(0, result.code());
    assertEquals("skipped", result.row().get("state").text());
  }

  @Test
  void everyOtherMistakeIsAFailure() throws IOException, InterruptedException {
    Result result = withMistake("the kernels cannot be loaded");
    assertEquals(1, result.code());
    assertEquals("failed", result.row().get("state").text());
  }

  @Test
  void whatThereIsNoTimeForIsLeftOut() throws IOException, InterruptedException {
    Result result = compare("--budget", "-1");
    assertEquals(0, result.code());
    assertEquals("left out", result.row().get("state").text());
  }
}
