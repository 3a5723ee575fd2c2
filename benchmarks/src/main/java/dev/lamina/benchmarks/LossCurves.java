package dev.lamina.benchmarks;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.data.Dataset;
import dev.lamina.data.Digits;
import dev.lamina.data.Idx;
import dev.lamina.data.Part;
import dev.lamina.data.Preprocessing;
import dev.lamina.io.Json;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.optim.Adam;
import dev.lamina.train.DeviceData;
import dev.lamina.train.TrainingStep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The losses of the first steps of one training run on two devices, beside each other. Initial
 * weights, shuffles and dropout masks are the same by construction, so that the curves may differ
 * by rounding alone. Prints one JSON object; exit code 1 where they differ by more than allowed.
 */
public final class LossCurves {
  private static final int USER_ERROR = 2;
  private static final int SEED = 42;
  private static final double LEARNING_RATE = 0.001;
  private static final double DROPOUT = 0.2;

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "--data", "digits",
          // Of the digits, which are generated.
          "--samples", "20000",
          // Units of both hidden layers.
          "--hidden", "512",
          "--reference", "cpu",
          "--device", "cuda",
          "--batch", "128",
          "--steps", "100",
          "--threads", "0",
          // Of the first loss. Sums of 784 products are off by 2e-6 of their size; another shuffle,
          // mask or weight shows as 1e-2 at once.
          "--tolerance", "0.0001");

  private LossCurves() {}

  /** Options: those of {@link #DEFAULTS}, each with a value; data as {@code idx:FOLDER} too. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (Relaunch.isNeeded()) {
      System.exit(Relaunch.run(LossCurves.class, arguments));
    }
    try {
      Map<String, Object> result = compare(options(arguments));
      System.out.println(Json.compact(result));
      if (!(boolean) result.get("agree")) {
        System.exit(1);
      }
    } catch (LaminaException e) {
      System.err.println("losses: " + e.getMessage());
      System.exit(USER_ERROR);
    }
  }

  static ValueOptions options(String... arguments) {
    return ValueOptions.parse(DEFAULTS, arguments);
  }

  static Map<String, Object> compare(ValueOptions options) {
    double tolerance = options.number("--tolerance", 0);
    Dataset raw = data(options);
    Dataset data = Preprocessing.fit(raw).apply(raw);
    double[] reference = losses(data, options.text("--reference"), options);
    double[] losses = losses(data, options.text("--device"), options);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", "losses");
    line.put("data", options.text("--data"));
    line.put("reference", options.text("--reference"));
    line.put("device", options.text("--device"));
    line.put("steps", losses.length);
    double difference = largestDifference(reference, losses);
    line.put("largest_difference", Double.isFinite(difference) ? difference : null);
    line.put("tolerance", tolerance);
    line.put("agree", difference <= tolerance);
    line.put("reference_losses", reference);
    line.put("losses", losses);
    return line;
  }

  private static Dataset data(ValueOptions options) {
    String source = options.text("--data");
    if (source.equals("digits")) {
      return Digits.generate(Part.TRAIN, SEED, 0, options.whole("--samples", 1));
    }
    if (source.startsWith("idx:")) {
      return Idx.readFolder(Path.of(source.substring("idx:".length())), Part.TRAIN);
    }
    throw new LaminaException("option --data " + source + ": expected digits or idx:FOLDER");
  }

  /** The loss of every step. */
  private static double[] losses(Dataset data, String device, ValueOptions options) {
    int classes = data.classNames().size();
    int hidden = options.whole("--hidden", 1);
    Sequential network =
        Sequential.mlp(data.features(), List.of(hidden, hidden), classes, Activation.RELU, DROPOUT);
    BackendOptions choice = BackendOptions.DEFAULT.withThreads(options.whole("--threads", 0));
    try (Backend backend = Backends.open(device, choice);
        Model model = Model.create(network, data.features(), backend, SEED);
        DeviceData resident = DeviceData.upload(backend, data, new SoftmaxCrossEntropy(), classes);
        TrainingStep step =
            TrainingStep.of(model)
                .optimizer(new Adam(LEARNING_RATE))
                .batchSize(options.whole("--batch", 1))
                .data(resident)
                .seed(SEED)
                .build()) {
      double[] losses = new double[options.whole("--steps", 1)];
      for (int i = 0; i < losses.length; i++) {
        step.run();
        losses[i] = step.losses().last();
      }
      return losses;
    }
  }

  /** As a share of the first loss; NaN where a loss is no number. */
  static double largestDifference(double[] reference, double[] losses) {
    double largest = 0;
    for (int i = 0; i < reference.length; i++) {
      largest = Math.max(largest, Math.abs(losses[i] - reference[i]) / Math.abs(reference[0]));
    }
    return largest;
  }
}
