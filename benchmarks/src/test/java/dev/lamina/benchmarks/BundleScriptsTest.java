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
import java.util.stream.Stream;
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
    int last = 0;
    for (String part :
        List.of("devices", "probes", "bench", "tests", "losses", "train", "steps", "jmh")) {
      int at = help.text().indexOf("\n  " + part + " ");
      assertTrue(at > last, part + " in its order: " + help.text());
      last = at;
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
            "--only tests,nonsense", "--only nonsense: expected some of devices,probes",
            "--resume nowhere", "--resume nowhere: no logs.tar.gz of an earlier run",
            "--tuned nowhere", "--tuned nowhere: no tuned.tar.gz of an earlier run",
            "--part-minutes 0", "--part-minutes 0: expected",
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
  private Result account(String settings, String programs)
      throws IOException, InterruptedException {
    Files.writeString(folder.resolve("VERSION"), "of a test\n");
    return bash(
        "-c",
        """
        set -u
        here=%s out=%s limit=20 size=full
        minutes= part_minutes= resume= %s
        stop() { echo "$1"; exit 2; }
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
                settings,
                SCRIPTS.resolve("gpu-checks"),
                SCRIPTS.resolve("gpu-checks"),
                programs));
  }

  @Test
  void everythingPassed() throws IOException, InterruptedException {
    Result result =
        account("", "run good echo '{\"x\":12345.6}'; record_run good \"$(short good x)\"");
    assertEquals(0, result.code(), result.text());
    assertTrue(result.text().contains("12346 (logs/good.out)"), result.text());
    assertTrue(Files.readString(folder.resolve("out/results.json")).contains("\"state\":\"ok\""));
  }

  @Test
  void aFailureStopsNoOther() throws IOException, InterruptedException {
    Result result =
        account(
            "",
            "run bad sh -c 'echo no luck >&2; exit 7'; record_run bad ''\n"
                + "run good true; record_run good ''");
    assertEquals(1, result.code(), result.text());
    assertTrue(result.text().contains("failed:\n  bad: exit code 7; no luck"), result.text());
    assertTrue(result.text().matches("(?s).*\\ngood +ok .*"), result.text());
  }

  @Test
  void whatThereIsNoTimeForIsListed() throws IOException, InterruptedException {
    Result result = account("minutes=1", "SECONDS=59\nrun late true; record_run late ''");
    assertEquals(3, result.code(), result.text());
    assertTrue(
        result.text().matches("(?s).*for want of time .*\n  late: not started.*"), result.text());
  }

  @Test
  void aPartHasItsOwnTime() throws IOException, InterruptedException {
    Result result =
        account(
            "part_minutes=1",
            "SECONDS=70; part_begin=20; run late sleep 30; record_run late ''\n"
                + "part_begin=$SECONDS; run next true; record_run next ''");
    assertEquals(3, result.code(), result.text());
    assertTrue(
        result.text().contains("late: stopped when the part's 1 minutes were over"), result.text());
    assertTrue(result.text().matches("(?s).*\nnext +ok .*"), result.text());
  }

  /** What succeeded is not run again, what failed or was cut short is. */
  @Test
  void aRunGoesOnWhereItEnded() throws IOException, InterruptedException {
    Path count = folder.resolve("count");
    String programs =
        """
        run good sh -c 'echo good >>%s; echo a line'; record_run good said
        run bad sh -c 'echo bad >>%s; exit 1'; record_run bad ''
        """
            .formatted(count, count);
    account("", programs);
    Path results = Files.move(folder.resolve("out"), folder.resolve("earlier"));
    Result result = account("resume=" + results, programs);
    assertEquals(1, result.code(), result.text());
    assertTrue(result.text().contains("said (logs/good.out)"), result.text());
    assertEquals("good\nbad\nbad\n", Files.readString(count));
    Result logs = bash("-c", "cd " + folder + "; tar -xOzf out/logs.tar.gz logs/good.out");
    assertEquals("a line\n", logs.text());
  }

  @Test
  void resultsOfAnotherKindAreNotGoneOnWith() throws IOException, InterruptedException {
    account("", "run good true; record_run good ''");
    Path results = Files.move(folder.resolve("out"), folder.resolve("earlier"));
    Result result = account("size=quick resume=" + results, "run good true");
    assertEquals(2, result.code(), result.text());
    assertTrue(result.text().contains("of the size full, not quick"), result.text());
  }

  @Test
  void thereAreFewFiles() throws IOException, InterruptedException {
    Files.createDirectories(folder.resolve("cache/products"));
    Files.writeString(folder.resolve("cache/products/x.txt"), "way 0\n");
    account(
        "LAMINA_CACHE=" + folder.resolve("cache"),
        """
        echo '{"x":1}' >"$logs/jmh-x.json"
        echo table >"$logs/steps-a.md"
        for i in 1 2 3 4 5 6 7 8 9; do
          run p$i echo $i
          record_run p$i ''
        done
        """);
    try (Stream<Path> files = Files.list(folder.resolve("out"))) {
      assertEquals(
          List.of("logs.tar.gz", "results.json", "steps.md", "summary.txt", "tuned.tar.gz"),
          files.map(f -> f.getFileName().toString()).sorted().toList());
    }
  }
}
