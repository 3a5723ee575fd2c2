package dev.lamina.benchmarks;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.benchmarks.compare.Problem;
import dev.lamina.io.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One training step in a process of its own, as {@code peers/pytorch_step.py} measures PyTorch's.
 * Prints one JSON object per line: first the losses of the first steps, then, for each line with a
 * number of seconds on standard input, the times of steps measured for so long, in blocks that each
 * end with a synchronisation. Ends with the input.
 */
public final class StepLine implements AutoCloseable {
  private static final int LOSSES = 20;
  private static final int SMALLEST_SAMPLE = 5;
  private static final double LONGEST_BLOCK_SECONDS = 0.1;
  private static final int USER_ERROR = 2;
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "--problem", "784-512-512-10:128",
          "--device", "cpu",
          "--precision", "fp32",
          "--threads", "0",
          "--warm-up", "1",
          "--block", "100");

  private final Problem problem;
  private final double warmUp;
  private final int block;
  private final Backend backend;
  private final ResidentStep step;

  /** Opens the device and makes the step ready. */
  StepLine(ValueOptions options) {
    problem = Problem.parse(options.text("--problem"));
    warmUp = options.number("--warm-up", 0);
    block = options.whole("--block", 1);
    String device = options.text("--device");
    BackendOptions choice =
        Precision.ofStep(options.text("--precision"))
            .optionsOf(device)
            .withThreads(options.whole("--threads", 0));
    backend = Backends.open(device, choice);
    try {
      step = new ResidentStep(backend, problem);
    } catch (RuntimeException e) {
      backend.close();
      throw e;
    }
  }

  /** Options: those of {@link #DEFAULTS}, each with a value. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (Relaunch.isNeeded()) {
      System.exit(Relaunch.run(StepLine.class, arguments));
    }
    try (StepLine line = new StepLine(options(arguments));
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      System.out.println(Json.compact(line.start()));
      for (String seconds = in.readLine(); seconds != null; seconds = in.readLine()) {
        System.out.println(Json.compact(line.measure(seconds)));
      }
    } catch (LaminaException e) {
      System.err.println("step: " + e.getMessage());
      System.exit(USER_ERROR);
    }
  }

  static ValueOptions options(String... arguments) {
    return ValueOptions.parse(DEFAULTS, arguments);
  }

  /** Runs the first steps. */
  Map<String, Object> start() {
    double[] losses = new double[LOSSES];
    for (int i = 0; i < LOSSES; i++) {
      step.run();
      losses[i] = step.loss();
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("losses", losses);
    line.put("device", backend.device().id());
    line.put("device_name", backend.device().name());
    return line;
  }

  /** Measures for so many seconds. */
  Map<String, Object> measure(String text) {
    double seconds = ValueOptions.parse(Map.of("seconds", text)).number("seconds", 0);
    double once = blocks(warmUp, 1, 1)[0] * 1e-3;
    int steps = (int) Math.clamp(Math.ceil(LONGEST_BLOCK_SECONDS / once), 1, block);
    blocks(0, steps, 1); // the first of this size may have to capture a graph
    double[] milliseconds = blocks(seconds, steps, SMALLEST_SAMPLE);
    step.loss(); // throws if it became NaN
    double median = milliseconds[milliseconds.length / 2];
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("steps", milliseconds.length * steps);
    line.put("block", steps);
    line.put("median_ms", median);
    line.put("min_ms", milliseconds[0]);
    line.put("gflops", problem.flops() / median * 1e-6);
    return line;
  }

  /** Milliseconds of a step, one number for each block of steps, sorted. */
  private double[] blocks(double seconds, int steps, int atLeast) {
    List<Double> times = new ArrayList<>();
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (times.size() < atLeast || System.nanoTime() < end) {
      long before = System.nanoTime();
      step.run(steps);
      times.add((System.nanoTime() - before) * 1e-6 / steps);
    }
    double[] sorted = times.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted;
  }

  @Override
  public void close() {
    step.close();
    backend.close();
  }
}
