package dev.lamina.benchmarks.compare;

import dev.lamina.LaminaException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * How a comparison is run.
 *
 * @param contenders who is compared: our own side first, the yardstick second
 * @param problems what they train
 * @param rounds how often each contender is measured, in turns
 * @param seconds the time of one measurement
 * @param warmUpSeconds the time before it that does not count
 * @param threads the number of threads each may use
 * @param results the folder for the report
 * @param scratch the folder for unpacked libraries
 */
record Settings(
    List<Contender> contenders,
    List<Problem> problems,
    int rounds,
    double seconds,
    double warmUpSeconds,
    int threads,
    Path results,
    Path scratch) {
  static final String USAGE =
      """
      Options, each with its default:
        --problems 784-512-512-10:128,784-512-512-10:1024,1024-4096-4096-1000:512
        --rounds 5        how often each side is measured, in turns
        --seconds 6       the time of one measurement
        --warm-up 4       seconds before it that do not count
        --threads 2
        --results FOLDER  benchmarks/results
        --ours NAME=CLASS      lamina=dev.lamina.benchmarks.compare.LaminaStep
        --yardstick NAME=CLASS libtorch=dev.lamina.benchmarks.compare.LibtorchStep
      """;

  static Settings parse(String[] arguments) {
    Contender ours = contender("lamina=dev.lamina.benchmarks.compare.LaminaStep");
    Contender yardstick = contender("libtorch=dev.lamina.benchmarks.compare.LibtorchStep");
    List<Problem> problems =
        problems("784-512-512-10:128,784-512-512-10:1024,1024-4096-4096-1000:512");
    int rounds = 5;
    double seconds = 6;
    double warmUp = 4;
    int threads = 2;
    Path results = Path.of("benchmarks", "results");
    Path scratch = Path.of("benchmarks", "target", "libraries");
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new LaminaException("comparison: " + arguments[i] + " needs a value\n" + USAGE);
      }
      String value = arguments[i + 1];
      switch (arguments[i]) {
        case "--problems" -> problems = problems(value);
        case "--rounds" -> rounds = (int) positive(arguments[i], value);
        case "--seconds" -> seconds = positive(arguments[i], value);
        case "--warm-up" -> warmUp = positive(arguments[i], value);
        case "--threads" -> threads = (int) positive(arguments[i], value);
        case "--results" -> results = Path.of(value);
        case "--ours" -> ours = contender(value);
        case "--yardstick" -> yardstick = contender(value);
        default ->
            throw new LaminaException("comparison: unknown option " + arguments[i] + "\n" + USAGE);
      }
    }
    return new Settings(
        List.of(ours, yardstick), problems, rounds, seconds, warmUp, threads, results, scratch);
  }

  Contender ours() {
    return contenders.get(0);
  }

  Contender yardstick() {
    return contenders.get(1);
  }

  private static List<Problem> problems(String text) {
    return Arrays.stream(text.split(",")).map(Problem::parse).toList();
  }

  private static Contender contender(String text) {
    String[] parts = text.split("=", 2);
    if (parts.length != 2) {
      throw new LaminaException("comparison: a contender is written as NAME=CLASS, not " + text);
    }
    return new Contender(parts[0], parts[1]);
  }

  private static double positive(String option, String text) {
    try {
      double value = Double.parseDouble(text);
      if (value > 0 && value < 1e6 && (value == Math.rint(value) || !option.matches("--[rt].*"))) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The message below says it.
    }
    throw new LaminaException("comparison: " + option + " needs a positive number, not " + text);
  }
}
