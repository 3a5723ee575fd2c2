package dev.lamina.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.emulator.CudaEmulator;
import dev.lamina.io.Json;
import dev.lamina.io.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every part of the bundle runs to its end, and an interrupted run goes on where it ended. */
class BundleOnEmulatorTest {
  private static final int MOST_FILES = 8;

  /** In the order in which they run; PyTorch, which steps compare with, may be missing. */
  private static final List<String> CHECKS =
      List.of(
          "devices",
          "probes",
          "bench-cuda-bf16-13-16-4-32",
          "bench-cuda-fp32-13-16-4-32",
          "bench-cpu-fp32-13-16-4-32",
          "tests-device",
          "losses",
          "train-cpu",
          "train-cuda",
          "train-compared",
          "evaluate-on-cpu",
          "train-cuda-bf16",
          "train-bf16-compared",
          "steps-bf16-13-16-4-32",
          "steps-fp32-13-16-4-32",
          "jmh-cuda-steps",
          "jmh-cuda-products",
          "jmh-cuda-kernels",
          "jmh-cuda-moves",
          "jmh-cpu-steps");

  @TempDir private Path work;

  private Map<String, String> environment;
  private Bundle bundle;

  @BeforeEach
  void make() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash");
    environment = CudaEmulator.orSkip().backendEnvironment();
    bundle = Bundle.make(work.resolve("bundle"));
  }

  /** Name and state of each check. */
  private static Map<String, String> states(Path results) {
    Map<String, String> states = new LinkedHashMap<>();
    for (JsonNode check : Json.read(results.resolve("results.json")).get("checks").elements()) {
      states.put(check.get("name").text(), check.get("state").text());
    }
    return states;
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void everyPartRunsToItsEnd() throws Exception {
    Path first = work.resolve("first");
    Bundle.Result result = run(first);
    Map<String, String> states = states(first);
    assertEquals(CHECKS, List.copyOf(states.keySet()), result.text());
    states.forEach((name, state) -> {
      boolean mayBeSkipped = name.startsWith("steps-") && state.equals("SKIPPED");
      assertTrue(state.equals("ok") || mayBeSkipped, () -> name + ": " + result.text());
    });
    assertTrue(result.code() == 0 || result.code() == 3, result.text());
    List<String> files = files(first);
    assertTrue(files.size() <= MOST_FILES, files::toString);
    assertTrue(files.containsAll(List.of("logs.tar.gz", "results.json", "summary.txt")));
    assertTrue(files.contains("tuned.tar.gz"), () -> "bench measures products: " + files);
    String summary = Files.readString(first.resolve("summary.txt"));
    assertTrue(summary.contains("  bias-gradient: FP32 BGRADB, right with: "), summary);
    assertTrue(summary.contains("TrainingStep"), summary);

    Path second = work.resolve("second");
    Bundle.Result again = run(second, "--resume", first.toString());
    assertEquals(states, states(second), again.text());
    assertEquals(succeeded(first), succeeded(second), "taken over, with times and notes");
    assertEquals(files, files(second));
  }

  private Bundle.Result run(Path out, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--tiny", "--precisions", "bf16,fp32", "--out", out.toString()));
    return bundle.run(environment, all.toArray(String[]::new));
  }

  /** The summary's lines of what succeeded, but that of the devices, which are asked anew. */
  private static List<String> succeeded(Path results) throws IOException {
    return Files.readAllLines(results.resolve("summary.txt")).stream()
        .filter(line -> CHECKS.stream().anyMatch(check -> line.startsWith(check + " ")))
        .filter(line -> line.contains(" ok ") && !line.startsWith("devices "))
        .toList();
  }
}
