package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.graph.Node;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameter;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.op.Advance;
import dev.lamina.op.Gemm;
import dev.lamina.op.SgdStep;
import dev.lamina.optim.Sgd;
import dev.lamina.suite.BackendVariant;
import dev.lamina.suite.BackendVariants;
import dev.lamina.train.TrainingStep;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Large layers are updated one by one, each as soon as its gradient is there. */
class UpdateOrderTest {
  private static final int WIDTH = 768;
  private static final int BATCH = 3;
  private static final double RATE = 0.5;

  private static final Sequential NETWORK =
      new Sequential(
          new Linear(WIDTH, WIDTH, Activation.RELU),
          new Linear(WIDTH, WIDTH, Activation.RELU),
          new Linear(WIDTH, 4));

  private static List<Integer> positions(List<Node> nodes, Class<?> op) {
    return IntStream.range(0, nodes.size())
        .filter(i -> op.isInstance(nodes.get(i).op()))
        .boxed()
        .toList();
  }

  @TestFactory
  Stream<DynamicTest> updatesRunBesideTheBackwardPass() {
    return BackendVariants.onEachOpen(backend -> {
      try (Model model = Model.create(NETWORK, WIDTH, backend, 1)) {
        List<Node> nodes = TrainingStep.of(model).optimizer(sgd()).plan().nodes();
        List<Integer> steps = positions(nodes, SgdStep.class);
        assertEquals(3, steps.size(), "two large weights, and the rest");
        // The second layer's weights are updated before the first layer's gradient.
        int lastProduct = positions(nodes, Gemm.class).getLast();
        assertTrue(steps.get(1) < lastProduct, nodes::toString);
        assertTrue(steps.get(2) > lastProduct, nodes::toString);
        assertEquals(1, positions(nodes, Advance.class).size());
      }
    });
  }

  private static Sgd sgd() {
    return new Sgd(RATE);
  }

  /** Every parameter moves once, by its gradient. */
  @TestFactory
  Stream<DynamicTest> everyParameterIsUpdatedOnce() {
    List<BackendVariant> fast =
        BackendVariants.all().stream()
            .filter(variant -> !variant.name().equals("oracle")) // one step takes it minutes
            .toList();
    return BackendVariants.onEach(
        fast,
        variant -> {
          try (Backend backend = variant.open().get();
              Model model = Model.create(NETWORK, WIDTH, backend, 1)) {
            check(model);
          }
        });
  }

  private static void check(Model model) {
    String[] names =
        model.layout().parameters().stream()
            .map(p -> "grad(" + p.name() + ")")
            .toArray(String[]::new);
    try (TrainingStep step =
        TrainingStep.of(model).optimizer(sgd()).batchSize(BATCH).keep(names).build()) {
      float[] x = new float[BATCH * WIDTH];
      SplittableRandom random = new SplittableRandom(4);
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      step.feed(MemorySegment.ofArray(x), MemorySegment.ofArray(new int[] {0, 1, 3}));
      for (int round = 0; round < 2; round++) {
        Map<String, double[]> before = new HashMap<>();
        model.layout().parameters().forEach(p -> before.put(p.name(), Networks.read(model, p)));
        step.run();
        for (Parameter parameter : model.layout().parameters()) {
          String name = parameter.name();
          float[] gradient = step.program().readFloats("grad(" + name + ")");
          double[] after = Networks.read(model, parameter);
          boolean moved = false;
          for (int i = 0; i < after.length; i++) {
            double old = before.get(name)[i];
            assertEquals(old - RATE * gradient[i], after[i], 1e-6 * (1 + Math.abs(old)), name);
            moved |= after[i] != old;
          }
          assertTrue(moved, name);
        }
      }
    }
  }
}
