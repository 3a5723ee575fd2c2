package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.loss.Loss;
import dev.lamina.loss.Losses;
import dev.lamina.loss.Outputs;
import dev.lamina.nn.Dropout;
import dev.lamina.nn.GELU;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameter;
import dev.lamina.nn.Sequential;
import dev.lamina.nn.Sigmoid;
import dev.lamina.nn.Softmax;
import dev.lamina.nn.Tanh;
import dev.lamina.op.Activation;
import dev.lamina.optim.Sgd;
import dev.lamina.suite.BackendVariant;
import dev.lamina.suite.BackendVariants;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The gradients of whole networks against central differences in fp64, by every parameter and by
 * the input, with and without fusion, dropout included.
 */
class NetworkGradientTest {
  private static final int BATCH = 5;
  private static final int INPUTS = 7;
  private static final double H = 1e-6;

  private static final List<Sequential> NETWORKS =
      List.of(
          new Sequential(new Linear(INPUTS, 13, Activation.TANH), new Linear(13, 3)),
          new Sequential(
              new Linear(INPUTS, 9),
              new Sigmoid(),
              new Dropout(0.4),
              new Linear(9, 6, Activation.SIGMOID),
              new Linear(6, 3)),
          new Sequential(new Linear(INPUTS, 4), new Tanh(), new Linear(4, 3), new Softmax()),
          new Sequential(
              new Linear(INPUTS, 7, Activation.GELU),
              new Linear(7, 8),
              new GELU(),
              new Linear(8, 3)),
          new Sequential(
              new Linear(INPUTS, 16, Activation.RELU),
              new Sequential(new Linear(16, 8, Activation.RELU), new Dropout(0.2)),
              new Linear(8, 3)));

  @TestFactory
  Stream<DynamicTest> gradientsAgreeWithDifferences() {
    return BackendVariants.all().stream()
        .filter(v -> v.supports(DType.FP64))
        .flatMap(v ->
            NETWORKS.stream()
                .flatMap(n ->
                    Losses.names().stream()
                        .map(label -> Losses.find(label).orElseThrow())
                        .map(loss ->
                            DynamicTest.dynamicTest(
                                v + " " + loss.label() + " " + n, () -> check(v, n, loss)))));
  }

  private void check(BackendVariant variant, Sequential network, Loss loss) {
    double[] fused;
    try (Backend backend = variant.open().get()) {
      fused = check(backend, network, loss);
    }
    try (Backend backend = variant.open().get()) {
      double[] plain = check(new Networks.Unfused(backend), network, loss);
      for (int i = 0; i < fused.length; i++) {
        assertEquals(plain[i], fused[i], 1e-11 * (1 + Math.abs(plain[i])), "fused gradient " + i);
      }
    }
  }

  /** Checks all gradients; returns them. */
  private double[] check(Backend backend, Sequential network, Loss loss) {
    Random random = new Random(3);
    double[] x = random.doubles((long) BATCH * INPUTS, -1, 1).toArray();
    try (Model model = Model.create(network, INPUTS, backend, DType.FP64, 5);
        TrainingStep step =
            TrainingStep.of(model)
                .loss(loss)
                .optimizer(new Sgd(0))
                .batchSize(BATCH)
                .keep("loss", "grad(input)")
                .build()) {
      MemorySegment targets = targets(random, loss);
      double[] all = new double[0];
      for (Parameter parameter : model.layout().parameters()) {
        double[] values = Networks.read(model, parameter);
        loss(step, x, targets);
        double[] gradient = step.program().readDoubles("grad(" + parameter.name() + ")");
        compare(
            parameter.name(),
            gradient,
            values,
            changed -> {
              model.write(parameter.name(), MemorySegment.ofArray(changed));
              return loss(step, x, targets);
            });
        model.write(parameter.name(), MemorySegment.ofArray(values));
        all = concat(all, gradient);
      }
      loss(step, x, targets);
      double[] gradient = step.program().readDoubles("grad(input)");
      compare("input", gradient, x.clone(), changed -> loss(step, changed, targets));
      return concat(all, gradient);
    }
  }

  private static MemorySegment targets(Random random, Loss loss) {
    if (loss.outputs() == Outputs.CLASS_LOGITS) {
      return MemorySegment.ofArray(random.ints(BATCH, 0, 3).toArray());
    }
    return MemorySegment.ofArray(random.doubles(BATCH * 3L, 0, 1).toArray());
  }

  /** The dropout mask must be that of the first step each time: a new program state. */
  private static double loss(TrainingStep step, double[] x, MemorySegment targets) {
    step.rewind(0);
    step.feed(MemorySegment.ofArray(x), targets);
    step.run();
    return step.program().readDoubles("loss")[0];
  }

  private interface Evaluated {
    double at(double[] values);
  }

  private static void compare(String name, double[] gradient, double[] values, Evaluated loss) {
    assertEquals(values.length, gradient.length);
    int stride = Math.max(1, values.length / 25);
    double largest = 0;
    for (double g : gradient) {
      largest = Math.max(largest, Math.abs(g));
    }
    for (int i = 0; i < values.length; i += stride) {
      double kept = values[i];
      values[i] = kept + H;
      double above = loss.at(values);
      values[i] = kept - H;
      double below = loss.at(values);
      values[i] = kept;
      double difference = (above - below) / (2 * H);
      assertEquals(difference, gradient[i], 1e-7 * Math.max(0.1, largest), name + " element " + i);
    }
    assertTrue(largest > 0, () -> "the gradient of " + name + " is zero everywhere");
  }

  private static double[] concat(double[] a, double[] b) {
    double[] result = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, result, a.length, b.length);
    return result;
  }
}
