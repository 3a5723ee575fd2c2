package dev.lamina.benchmarks.compare;

import dev.lamina.LaminaException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collector;
import java.util.stream.Collectors;

/**
 * What one process measured.
 *
 * @param name the library, its version and settings
 * @param losses the losses of the first steps
 * @param nanoseconds the time of each step once warm
 * @param peakResidentBytes the most memory that the process had resident
 */
record Measurement(String name, double[] losses, long[] nanoseconds, long peakResidentBytes) {
  private static final String MARK = "measurement.";

  double medianMilliseconds() {
    long[] sorted = nanoseconds.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    long twice = sorted.length % 2 == 1 ? 2 * sorted[middle] : sorted[middle - 1] + sorted[middle];
    return twice / 2e6;
  }

  double minimumMilliseconds() {
    return Arrays.stream(nanoseconds).min().orElseThrow() / 1e6;
  }

  /** Lines that {@link #read} finds again among whatever else a process prints. */
  String toText() {
    return String.join(
            "\n",
            MARK + "name " + name,
            MARK + "losses " + Arrays.stream(losses).mapToObj(Double::toString).collect(JOIN),
            MARK + "ns " + Arrays.stream(nanoseconds).mapToObj(Long::toString).collect(JOIN),
            MARK + "peak " + peakResidentBytes)
        + "\n";
  }

  private static final Collector<CharSequence, ?, String> JOIN = Collectors.joining(" ");

  static Measurement read(String text) {
    Map<String, String> values = new HashMap<>();
    text.lines()
        .filter(line -> line.startsWith(MARK))
        .map(line -> line.substring(MARK.length()).split(" ", 2))
        .forEach(pair -> values.put(pair[0], pair[1]));
    if (values.size() != 4) {
      throw new LaminaException("a contender did not print its measurement:\n" + text);
    }
    return new Measurement(
        values.get("name"),
        Arrays.stream(values.get("losses").split(" ")).mapToDouble(Double::parseDouble).toArray(),
        Arrays.stream(values.get("ns").split(" ")).mapToLong(Long::parseLong).toArray(),
        Long.parseLong(values.get("peak")));
  }
}
