package dev.lamina.benchmarks;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.benchmarks.compare.Problem;
import dev.lamina.io.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One training step in a process of its own, as {@code peers/pytorch_mlp.py} measures PyTorch's:
 * first the losses of the first steps, then the time in blocks of steps that each end with a
 * synchronisation. Prints one JSON object.
 */
public final class StepLine {
  private static final int LOSSES = 20;
  private static final int BLOCKS = 5;
  private static final int USER_ERROR = 2;
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "--problem", "784-512-512-10:128",
          "--device", "auto",
          "--precision", "fp32",
          "--threads", "0",
          "--seconds", "3",
          "--warm-up", "1",
          "--block", "20");

  private StepLine() {}

  /** Options: those of {@link #DEFAULTS}, each with a value. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (Relaunch.isNeeded()) {
      System.exit(Relaunch.run(StepLine.class, arguments));
    }
    try {
      System.out.println(Json.compact(measure(options(arguments))));
    } catch (LaminaException e) {
      System.err.println("step: " + e.getMessage());
      System.exit(USER_ERROR);
    }
  }

  static Map<String, String> options(String... arguments) {
    Map<String, String> options = new LinkedHashMap<>(DEFAULTS);
    for (int i = 0; i < arguments.length; i += 2) {
      if (!DEFAULTS.containsKey(arguments[i]) || i + 1 == arguments.length) {
        throw new LaminaException(
            "option "
                + arguments[i]
                + ": expected one of "
                + DEFAULTS.keySet().stream().sorted().toList()
                + " with a value");
      }
      options.put(arguments[i], arguments[i + 1]);
    }
    return options;
  }

  static Map<String, Object> measure(Map<String, String> options) {
    Problem problem = Problem.parse(options.get("--problem"));
    if (Precision.of(options.get("--precision")) != Precision.FP32) {
      throw new LaminaException("training steps are measured in fp32 only");
    }
    int threads = (int) number(options, "--threads", 0);
    int block = (int) number(options, "--block", 1);
    double warmUp = number(options, "--warm-up", 0);
    double seconds = number(options, "--seconds", 0);
    try (Backend backend =
            Backends.open(options.get("--device"), BackendOptions.DEFAULT.withThreads(threads));
        ResidentStep step = new ResidentStep(backend, problem)) {
      double[] losses = new double[LOSSES];
      for (int i = 0; i < LOSSES; i++) {
        step.run();
        losses[i] = step.loss();
      }
      blocks(step, warmUp, block);
      double[] milliseconds = blocks(step, seconds, block);
      step.loss(); // throws if it became NaN
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("contender", "lamina");
      line.put("problem", problem.toString());
      line.put("precision", options.get("--precision"));
      line.put("variant", "program");
      line.put("device", backend.device().id());
      line.put("device_name", backend.device().name());
      line.put("losses", losses);
      line.put("steps", milliseconds.length * block);
      double median = milliseconds[milliseconds.length / 2];
      line.put("median_ms", median);
      line.put("min_ms", milliseconds[0]);
      line.put("gflops", problem.flops() / median * 1e-6);
      return line;
    }
  }

  /** Milliseconds of a step, one number for each block, sorted. */
  private static double[] blocks(ResidentStep step, double seconds, int block) {
    List<Double> times = new ArrayList<>();
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (times.size() < BLOCKS || System.nanoTime() < end) {
      long before = System.nanoTime();
      step.run(block);
      times.add((System.nanoTime() - before) * 1e-6 / block);
    }
    double[] sorted = times.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted;
  }

  private static double number(Map<String, String> options, String name, double least) {
    try {
      double value = Double.parseDouble(options.get(name));
      if (value >= least && value < 1e6) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The message below says it.
    }
    throw new LaminaException(
        "option " + name + " " + options.get(name) + ": expected a number from " + least + " on");
  }
}
