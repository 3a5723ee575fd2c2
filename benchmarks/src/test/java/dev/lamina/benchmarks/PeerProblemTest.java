package dev.lamina.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.benchmarks.compare.Problem;
import dev.lamina.io.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The problem that the Python peers train on is ours, bit for bit; needs Python with numpy. */
class PeerProblemTest {
  @Test
  void sameNumbers() throws IOException, InterruptedException {
    assumeTrue(python("-c", "import numpy") != null, "there is no python3 with numpy");
    String text = "13-9-5:7";
    Problem problem = Problem.parse(text);
    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("data", doubles(problem.data()));
    expected.put("labels", Arrays.stream(problem.labels()).boxed().toList());
    List<Object> weights = new ArrayList<>();
    for (int layer = 0; layer < problem.layers(); layer++) {
      weights.add(doubles(problem.weights(layer)));
    }
    expected.put("weights", weights);
    expected.put("flops", (long) problem.flops());
    String printed = python(Path.of("peers", "problem.py").toString(), text);
    assertEquals(Json.compact(expected), Json.compact(Json.parse(printed, "problem.py").value()));
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }

  /** What it printed, null if it failed. */
  private static String python(String... arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("python3", "-B"));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? output : null;
    } catch (IOException e) {
      return null;
    }
  }
}
