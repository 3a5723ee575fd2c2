package dev.lamina.benchmarks.compare;

import dev.lamina.LaminaException;
import dev.lamina.benchmarks.report.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares one training step of Lamina with another library's: the same problem, the same initial
 * numbers, each in a process of its own, measured in turns so that both see the same machine. The
 * losses are compared before the times. Run it with {@code scripts/compare-cpu.sh}.
 */
public final class Compare {
  private Compare() {}

  /** Runs the comparison and writes its report; the options are in {@link Settings#USAGE}. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (List.of(arguments).contains("--help")) {
      System.out.print(Settings.USAGE);
      return;
    }
    try {
      Settings settings = Settings.parse(arguments);
      List<Comparison> comparisons = new ArrayList<>();
      for (Problem problem : settings.problems()) {
        comparisons.add(compare(problem, settings));
      }
      Report report = new Report(settings, Machine.here(), comparisons);
      System.out.println();
      System.out.print(report.toMarkdown());
      for (Path file : report.write()) {
        System.out.println("written: " + file);
      }
    } catch (LaminaException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private static Comparison compare(Problem problem, Settings settings)
      throws IOException, InterruptedException {
    Comparison comparison = new Comparison(problem, new ArrayList<>(), new ArrayList<>());
    for (int round = 0; round < settings.rounds(); round++) {
      // Who goes first alternates too: the second finds a warmer processor.
      boolean oursFirst = round % 2 == 0;
      Measurement first =
          (oursFirst ? settings.ours() : settings.yardstick()).measure(problem, settings);
      Measurement second =
          (oursFirst ? settings.yardstick() : settings.ours()).measure(problem, settings);
      comparison.ours().add(oursFirst ? first : second);
      comparison.theirs().add(oursFirst ? second : first);
      Comparison.requireSameLosses(
          problem, comparison.ours().get(round), comparison.theirs().get(round));
      System.out.printf(
          "%s round %d: %s %.3f ms, %s %.3f ms, ratio %.3f%n",
          problem,
          round + 1,
          settings.ours().label(),
          comparison.ours().get(round).medianMilliseconds(),
          settings.yardstick().label(),
          comparison.theirs().get(round).medianMilliseconds(),
          comparison.ratio(round));
    }
    return comparison;
  }
}
