package dev.lamina.benchmarks.report;

import dev.lamina.LaminaException;
import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * One result.
 *
 * @param benchmark class and method, without package
 * @param device where it ran, empty for what needs no device
 * @param parameters the other parameters, in order
 * @param seconds the time of one execution
 * @param error half the width of the 99.9% confidence interval in seconds, NaN if unknown
 * @param work how much one execution is, null if the benchmark does not say
 * @param allocatedBytes what one execution allocates on the Java heap, NaN unless it was measured
 */
public record Row(
    String benchmark,
    String device,
    Map<String, String> parameters,
    double seconds,
    double error,
    Work work,
    double allocatedBytes) {
  private static final String DEVICE = "device";

  /** The row of a result; the benchmark's class is asked for the work. */
  public static Row of(RunResult result) {
    BenchmarkParams params = result.getParams();
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String key : params.getParamsKeys()) {
      parameters.put(key, params.getParam(key));
    }
    Work work = work(params.getBenchmark(), parameters);
    String device = parameters.remove(DEVICE);
    Result<?> primary = result.getPrimaryResult();
    double seconds = seconds(params, primary.getScore());
    double relative = primary.getScoreError() / primary.getScore();
    Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
    return new Row(
        shortName(params.getBenchmark()),
        device == null ? "" : device,
        parameters,
        seconds,
        relative * seconds,
        work,
        allocated == null ? Double.NaN : allocated.getScore());
  }

  private static double seconds(BenchmarkParams params, double score) {
    double unit = params.getTimeUnit().toNanos(1) / (double) TimeUnit.SECONDS.toNanos(1);
    return params.getMode() == Mode.Throughput ? unit / score : unit * score;
  }

  private static String shortName(String benchmark) {
    int method = benchmark.lastIndexOf('.');
    return benchmark
        .substring(benchmark.lastIndexOf('.', method - 1) + 1)
        .replace("Benchmark.", ".");
  }

  /**
   * The work of a benchmark by its full name with these parameters, null if it does not say.
   *
   * @throws LaminaException if the class does not have the parameters
   */
  static Work work(String benchmark, Map<String, String> parameters) {
    int dot = benchmark.lastIndexOf('.');
    try {
      Object instance =
          Class.forName(benchmark.substring(0, dot)).getDeclaredConstructor().newInstance();
      if (!(instance instanceof Measured measured)) {
        return null;
      }
      for (Map.Entry<String, String> parameter : parameters.entrySet()) {
        set(instance, parameter.getKey(), parameter.getValue());
      }
      return measured.work(benchmark.substring(dot + 1));
    } catch (ReflectiveOperationException e) {
      throw new LaminaException("benchmark " + benchmark + ": cannot tell its work: " + e, e);
    }
  }

  private static void set(Object instance, String name, String value)
      throws ReflectiveOperationException {
    Field field = instance.getClass().getField(name);
    if (field.getType() == int.class) {
      field.setInt(instance, Integer.parseInt(value));
    } else {
      field.set(instance, value);
    }
  }

  /** The rate in the limit's unit, NaN if the benchmark does not say its work. */
  public double rate() {
    return work == null ? Double.NaN : work.rate(seconds);
  }

  /** The parameters on one line; what is at its usual value is left out. */
  String parameterText() {
    StringBuilder text = new StringBuilder();
    parameters.forEach((key, value) -> {
      if (!(key.equals("threads") && value.equals("0"))) {
        text.append(text.isEmpty() ? "" : ", ").append(key).append(' ').append(value);
      }
    });
    return text.toString();
  }
}
