package dev.lamina.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options of the scripts that make the GPU bundle and run in it, and their accounts. */
class BundleScriptsTest {
  private static final Path SCRIPTS = Path.of("..", "scripts").toAbsolutePath().normalize();

  @TempDir private Path folder;

  private record Result(int code, String text) {}

  private static Result bash(String... arguments) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash");
    List<String> command = new ArrayList<>(List.of("/bin/bash"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), text);
  }

  private static Result script(String name, String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(SCRIPTS.resolve(name).toString()));
    all.addAll(List.of(arguments));
    return bash(all.toArray(String[]::new));
  }

  @Test
  void helpNamesEveryPart() throws IOException, InterruptedException {
    Result help = script("run-checks.sh", "--help");
    assertEquals(0, help.code(), help.text());
    for (String part : List.of("devices", "tests", "losses", "train", "steps", "bench", "jmh")) {
      assertTrue(help.text().contains("\n  " + part + " "), help.text());
      assertTrue(Files.exists(SCRIPTS.resolve("gpu-checks").resolve(part + ".sh")), part);
    }
    assertEquals(0, script("gpu-bundle.sh", "--help").code());
  }

  @Test
  void mistakesAreNamed() throws IOException, InterruptedException {
    Map<String, String> mistakes =
        Map.of(
            "--nonsense", "--nonsense is unknown",
            "--only", "--only needs a value",
            "--only tests,nonsense", "--only nonsense: expected some of devices,tests",
            "--minutes soon", "--minutes soon: expected",
            "--precisions fp8", "--precisions fp8: expected");
    for (Map.Entry<String, String> mistake : mistakes.entrySet()) {
      Result result = script("run-checks.sh", mistake.getKey().split(" "));
      assertEquals(2, result.code(), mistake.getKey());
      assertTrue(result.text().contains(mistake.getValue()), result.text());
    }
    assertEquals(2, script("gpu-bundle.sh", "--nonsense").code());
  }

  /** What some programs did, through the library of the parts; its last lines and exit code. */
  private Result account(String minutes, String programs) throws IOException, InterruptedException {
    Files.writeString(folder.resolve("VERSION"), "of a test\n");
    return bash(
        "-c",
        """
        set -u
        here=%s out=%s limit=20 minutes=%s
        . %s/results.sh
        . %s/programs.sh
        begin_results
        echo "a machine" >"$work/machine.txt"
        %s
        finish
        """
            .formatted(
                folder,
                Files.createDirectories(folder.resolve("out")),
                minutes,
                SCRIPTS.resolve("gpu-checks"),
                SCRIPTS.resolve("gpu-checks"),
                programs));
  }

  @Test
  void everythingPassed() throws IOException, InterruptedException {
    Result result =
        account("''", "run good echo '{\"x\":12345.6}'; record_run good \"$(short good x)\"");
    assertEquals(0, result.code(), result.text());
    assertTrue(result.text().contains("12346 (logs/good.out)"), result.text());
    assertTrue(Files.readString(folder.resolve("out/results.json")).contains("\"state\":\"ok\""));
  }

  @Test
  void aFailureStopsNoOther() throws IOException, InterruptedException {
    Result result =
        account(
            "''",
            "run bad sh -c 'echo no luck >&2; exit 7'; record_run bad ''\n"
                + "run good true; record_run good ''");
    assertEquals(1, result.code(), result.text());
    assertTrue(result.text().contains("failed:\n  bad: exit code 7; no luck"), result.text());
    assertTrue(result.text().matches("(?s).*\\ngood +ok .*"), result.text());
  }

  @Test
  void whatThereIsNoTimeForIsListed() throws IOException, InterruptedException {
    Result result = account("1", "SECONDS=59\nrun late true; record_run late ''");
    assertEquals(3, result.code(), result.text());
    assertTrue(result.text().contains("for want of time:\n  late: not started"), result.text());
  }
}
