package dev.lamina.benchmarks;

import dev.lamina.LaminaException;
import dev.lamina.benchmarks.report.Ceilings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * JMH, run once for each device, because devices differ in what they run: benchmarks of a size for
 * GPUs (whose names begin with {@value #LARGE}) and precisions that only GPUs have are left out on
 * the CPU unless the user names them, and what needs no device runs once.
 */
final class DeviceRuns {
  static final String LARGE = "Large";

  private static final String CEILINGS = "\\." + Ceilings.BENCHMARK + "[A-Z]";
  private static final String WITHOUT_DEVICE =
      "\\." + RandomBenchmark.class.getSimpleName() + "\\.";
  private static final String CPU = "cpu";
  private static final String PRECISION = "precision";

  private final Options user;
  private final boolean ceilings;

  /**
   * Runs as the user wants them.
   *
   * @param user JMH's options from the command line
   * @param ceilings whether the ceilings are measured too
   */
  DeviceRuns(Options user, boolean ceilings) {
    this.user = user;
    this.ceilings = ceilings;
  }

  /**
   * The options for each device.
   *
   * @throws LaminaException if the user's patterns name no benchmark
   */
  Map<String, Options> plan(Collection<String> devices, OutputFormat output) {
    Map<String, Options> plan = new LinkedHashMap<>();
    BenchmarkList benchmarks = BenchmarkList.defaultList();
    boolean first = true;
    boolean any = false;
    for (String device : devices) {
      List<String> excludes = excludes(device, first);
      List<String> all = new ArrayList<>(user.getExcludes());
      all.addAll(excludes);
      List<String> includes =
          user.getIncludes().isEmpty() ? List.of(".*") : List.copyOf(user.getIncludes());
      if (!benchmarks.find(output, includes, all).isEmpty()) {
        any = true;
        plan.put(device, options(device, excludes));
        first = false;
      }
    }
    if (!any) {
      throw new LaminaException(
          "no benchmark matches "
              + user.getIncludes()
              + (devices.contains(CPU) && devices.size() == 1
                  ? " on the CPU, which leaves out those whose names begin with "
                      + LARGE
                      + " unless the pattern has that word"
                  : "")
              + "; -l lists them");
    }
    return plan;
  }

  private List<String> excludes(String device, boolean first) {
    List<String> excludes = new ArrayList<>();
    boolean named = user.getIncludes().stream().anyMatch(p -> p.contains(LARGE));
    if (device.equals(CPU) && !named) {
      excludes.add("\\." + LARGE + "[A-Z]");
    }
    if (!first) {
      excludes.add(WITHOUT_DEVICE);
    }
    if (!ceilings && user.getIncludes().isEmpty()) {
      excludes.add(CEILINGS);
    }
    return excludes;
  }

  private Options options(String device, List<String> excludes) {
    ChainedOptionsBuilder options = new OptionsBuilder().parent(user).param("device", device);
    // The others, which benchmarks have by default, only GPUs have.
    if (device.equals(CPU) && !user.getParameter(PRECISION).hasValue()) {
      options.param(PRECISION, "fp32");
    }
    if (ceilings && !user.getIncludes().isEmpty()) {
      options.include(CEILINGS);
    }
    excludes.forEach(options::exclude);
    List<String> jvm = new ArrayList<>(Relaunch.JVM_OPTIONS);
    jvm.addAll(user.getJvmArgsPrepend().orElse(List.of()));
    options.jvmArgsPrepend(jvm.toArray(String[]::new));
    return options.build();
  }

  /** Runs everything; results in the order of devices. */
  List<RunResult> run(Map<String, Options> plan, OutputFormat output) throws RunnerException {
    List<RunResult> results = new ArrayList<>();
    for (Options options : plan.values()) {
      results.addAll(new Runner(options, output).run());
    }
    return results;
  }
}
