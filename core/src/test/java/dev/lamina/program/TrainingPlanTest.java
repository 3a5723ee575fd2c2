package dev.lamina.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.data.Dataset;
import dev.lamina.graph.Node;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.train.DeviceData;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Order and memory of whole training steps in mixed precision; nothing is allocated. */
class TrainingPlanTest {
  private static final int WIDTH = 4096;
  private static final int LAYERS = 6;

  private static ProgramPlan plan(int width, int layers, int batch) {
    PlanningBackend backend = new PlanningBackend(op -> true);
    List<Layer> linear = new ArrayList<>();
    while (linear.size() < layers - 1) {
      linear.add(new Linear(width, width, Activation.RELU));
    }
    linear.add(new Linear(width, width));
    Loss loss = new SoftmaxCrossEntropy();
    List<String> classes = IntStream.range(0, width).mapToObj(Integer::toString).toList();
    Dataset data = Dataset.classification(new float[2 * width], width, new int[2], classes);
    try (Model model = Model.zeros(new Sequential(linear), width, backend, DType.FP32);
        DeviceData rows = DeviceData.upload(backend, data, loss, width)) {
      return TrainingStep.of(model).data(rows).batchSize(batch).mixed(true).plan();
    }
  }

  private static List<Integer> positions(List<Node> nodes, String label) {
    return IntStream.range(0, nodes.size())
        .filter(i -> nodes.get(i).op().label().startsWith(label))
        .boxed()
        .toList();
  }

  @Test
  void weightGradientsComeWhereTheirOperandsAreThere() {
    List<Node> nodes = plan(1024, LAYERS, 128).nodes();
    List<Integer> weights = positions(nodes, "gemm-tn+wide");
    List<Integer> inputs = positions(nodes, "gemm+relu-gradient");
    List<Integer> updates = positions(nodes, "adam");
    assertEquals(LAYERS, weights.size(), nodes::toString);
    assertEquals(LAYERS - 1, inputs.size(), nodes::toString);
    // From the last layer down: a layer's weights before the layer below it goes on, and their
    // update before the next layer's weights.
    for (int i = 0; i + 1 < inputs.size(); i++) {
      assertTrue(weights.get(i) < inputs.get(i + 1), nodes::toString);
    }
    for (int i = 0; i + 1 < LAYERS; i++) {
      assertTrue(updates.get(i) < weights.get(i + 1), nodes::toString);
    }
  }

  @Test
  void gradientsOfActivationsDoNotPileUp() {
    assertEquals(67.1, plan(WIDTH, LAYERS, 1024).slabBytes() * 1e-6, 0.05);
    assertEquals(536.9, plan(WIDTH, LAYERS, 8192).slabBytes() * 1e-6, 0.05);
  }
}
