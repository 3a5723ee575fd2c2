package dev.lamina.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One contender in a process of its own: its first losses, then, once warm, the time of every step,
 * then the most memory that the process had resident. {@link Compare} starts it and reads what it
 * prints ({@link Measurement}).
 */
final class MeasureStep {
  private static final int LOSSES = 10;
  private static final int WARM_UP_STEPS = 10;

  private MeasureStep() {}

  /**
   * Arguments: the step's class, the problem, threads, seconds of warm-up, seconds of measurement.
   */
  public static void main(String[] arguments) throws ReflectiveOperationException, IOException {
    Problem problem = Problem.parse(arguments[1]);
    int threads = Integer.parseInt(arguments[2]);
    double warmUp = Double.parseDouble(arguments[3]);
    double seconds = Double.parseDouble(arguments[4]);
    try (StepUnderTest step =
        Class.forName(arguments[0])
            .asSubclass(StepUnderTest.class)
            .getConstructor(Problem.class, int.class)
            .newInstance(problem, threads)) {
      double[] losses = new double[LOSSES];
      for (int i = 0; i < LOSSES; i++) {
        step.step();
        losses[i] = step.loss();
      }
      run(step, warmUp, WARM_UP_STEPS);
      long[] nanoseconds = run(step, seconds, WARM_UP_STEPS);
      System.out.print(
          new Measurement(step.name(), losses, nanoseconds, peakResidentBytes()).toText());
    }
  }

  private static long[] run(StepUnderTest step, double seconds, int atLeast) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    long[] nanoseconds = new long[1024];
    int count = 0;
    for (long now = System.nanoTime(); count < atLeast || now < end; ) {
      step.step();
      long then = now;
      now = System.nanoTime();
      if (count == nanoseconds.length) {
        nanoseconds = Arrays.copyOf(nanoseconds, 2 * count);
      }
      nanoseconds[count++] = now - then;
    }
    return Arrays.copyOf(nanoseconds, count);
  }

  /** Linux: VmHWM of proc(5), "peak resident set size". */
  private static long peakResidentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException("/proc/self/status has no line VmHWM");
  }
}
