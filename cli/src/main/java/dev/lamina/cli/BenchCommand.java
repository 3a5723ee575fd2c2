package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.io.Json;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.train.DataPlacement;
import dev.lamina.train.DeviceData;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures training steps. */
@Command(
    name = "bench",
    sortOptions = false,
    description = {
      "Measures whole training steps: batch, forward, softmax cross-entropy, backward, Adam.",
      "Samples are random; the first fifth of the time warms up and does not count."
    },
    mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
  private static final double LONGEST = 86_400;
  private static final int MOST_SAMPLES = 1 << 24;
  private static final int MOST_NUMBERS = 1 << 30;

  @Spec private CommandSpec spec;

  @Option(
      names = "--layers",
      paramLabel = "WIDTHS",
      defaultValue = "784-512-512-10",
      description = "Widths from inputs to outputs (default: ${DEFAULT-VALUE}).")
  private String layers;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "128",
      description = "Samples in a batch (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "5",
      description = "How long to measure (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Mixin private DeviceOptions device;
  @Mixin private PlacementOptions placement;

  @Option(
      names = "--describe",
      description = "Also lists the step's operations, on standard error.")
  private boolean describe;

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  @Override
  public Integer call() {
    List<Integer> widths = Options.widths("--layers", layers, "-");
    if (widths.size() < 2) {
      throw new LaminaException(
          "--layers " + layers + ": expected at least 2 widths, as in 784-10");
    }
    Options.between("--batch", batch, 1, MOST_SAMPLES);
    if (!(seconds > 0 && seconds <= LONGEST)) {
      throw new LaminaException(
          "--seconds " + seconds + ": expected a number above 0, a day (86400) at most");
    }
    DataPlacement where = placement.placement();
    PrintWriter err = spec.commandLine().getErr();
    int inputs = widths.getFirst();
    int outputs = widths.getLast();
    Sequential network =
        Sequential.mlp(inputs, widths.subList(1, widths.size() - 1), outputs, Activation.RELU, 0);
    try (Backend backend = device.open(err);
        Model model = Model.create(network, inputs, backend, 1);
        DeviceData data = open(model, randomData(inputs, outputs), where);
        TrainingStep step = TrainingStep.of(model).batchSize(batch).data(data).build()) {
      if (describe) {
        err.print(step.program().describe());
        err.flush();
      }
      double[] times = measure(backend, step);
      step.losses();
      report(backend, step, times);
    }
    return 0;
  }

  /** As few samples as there are, they are on the device unless they are to stream. */
  private static DeviceData open(Model model, Dataset data, DataPlacement where) {
    Loss loss = new SoftmaxCrossEntropy();
    DType taken = TrainingStep.features(model);
    return where == DataPlacement.HOST
        ? DeviceData.stream(model.backend(), data, loss, model.outputs(), taken)
        : DeviceData.upload(model.backend(), data, loss, model.outputs(), taken);
  }

  /** Step times in milliseconds, sorted. */
  private double[] measure(Backend backend, TrainingStep step) {
    long begin = System.nanoTime();
    long warm = begin + (long) (seconds * 0.2e9);
    long end = begin + (long) (seconds * 1e9);
    double[] times = new double[1024];
    int count = 0;
    do {
      long before = System.nanoTime();
      step.run();
      backend.synchronize();
      long after = System.nanoTime();
      if (before >= warm || after >= end) {
        if (count == times.length) {
          times = Arrays.copyOf(times, 2 * count);
        }
        times[count++] = (after - before) * 1e-6;
      }
    } while (System.nanoTime() < end);
    double[] sorted = Arrays.copyOf(times, count);
    Arrays.sort(sorted);
    return sorted;
  }

  private Dataset randomData(int inputs, int outputs) {
    int samples = Math.max(2 * batch, 1024);
    Random random = new Random(1);
    if ((long) samples * inputs > MOST_NUMBERS) {
      throw new LaminaException(
          "--batch "
              + batch
              + " with "
              + inputs
              + " inputs: two batches hold more than "
              + MOST_NUMBERS
              + " numbers; take a smaller batch");
    }
    float[] features = new float[samples * inputs];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextGaussian();
    }
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = random.nextInt(outputs);
    }
    List<String> classes = IntStream.range(0, outputs).mapToObj(Integer::toString).toList();
    return Dataset.classification(features, inputs, labels, classes);
  }

  private void report(Backend backend, TrainingStep step, double[] times) {
    double median = times[times.length / 2];
    double gflops = step.program().plan().flops() / (median * 1e6);
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("event", "bench");
    tree.put("device", backend.device().id());
    tree.put("device_name", backend.device().name());
    tree.put("layers", layers);
    tree.put("batch", batch);
    tree.put("data_on", placement.placement() == DataPlacement.HOST ? "host" : "device");
    tree.put("steps", times.length);
    tree.put("median_ms", median);
    tree.put("min_ms", times[0]);
    tree.put("gflops", gflops);
    tree.put("samples_per_second", batch / (median * 1e-3));
    tree.put("peak_bytes", step.program().plan().peakBytes());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.compact(tree));
    } else {
      out.printf(
          Locale.ROOT,
          "%s, batch %d, on %s (%s)%n",
          layers,
          batch,
          backend.device().id(),
          backend.device().name());
      out.printf(
          Locale.ROOT,
          "median %.3f ms, min %.3f ms per step of %d; %.1f GFLOP/s, %.0f samples/s%n",
          median,
          times[0],
          times.length,
          gflops,
          batch / (median * 1e-3));
    }
    out.flush();
  }
}
