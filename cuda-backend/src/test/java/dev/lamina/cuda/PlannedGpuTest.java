package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Precision;
import dev.lamina.data.Dataset;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.train.DeviceData;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What waits for what in a training step, from step to step, as the lanes are planned. */
class PlannedGpuTest {
  private static final int REPEATS = 3;

  private static Timeline timeline(int repeats, LaneOptions lanes) {
    try (PlannedGpu gpu =
            new PlannedGpu(CostModel.H200, Precision.BF16, lanes, PlannedGpu.Relu.KERNEL);
        Model model =
            Model.zeros(
                Sequential.mlp(784, List.of(512, 512), 10, Activation.RELU, 0),
                784,
                gpu,
                DType.FP32);
        DeviceData data = DeviceData.upload(gpu, samples(), new SoftmaxCrossEntropy(), 10);
        TrainingStep step = TrainingStep.of(model).data(data).build()) {
      step.run(repeats);
      return gpu.timeline("training step", repeats, false);
    }
  }

  private static Dataset samples() {
    List<String> classes = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
    return Dataset.classification(new float[2 * 784], 784, new int[2], classes);
  }

  /** Positions of the nodes with this in their name, in order of their starts. */
  private static List<Integer> find(Timeline timeline, String name) {
    return IntStream.range(0, timeline.count())
        .filter(i -> timeline.nodes().get(i).name().contains(name))
        .boxed()
        .toList();
  }

  /** For each node all that end before it starts. */
  private static List<BitSet> before(Timeline timeline) {
    List<BitSet> before = new ArrayList<>();
    for (Timeline.Entry node : timeline.nodes()) {
      BitSet set = new BitSet();
      for (int j : node.follows()) {
        set.set(j);
        set.or(before.get(j));
      }
      before.add(set);
    }
    return before;
  }

  @Test
  void smallValuesMakeNobodyWait() {
    Timeline timeline = timeline(1, LaneOptions.DEFAULT.withCount(16));
    List<BitSet> before = before(timeline);
    int labels = find(timeline, "take_rows").getFirst();
    int product = find(timeline, "product").getFirst();
    int tracking = find(timeline, "track_loss").getFirst();
    int inputGradient = find(timeline, "gemm+relu-gradient").getFirst();
    assertTrue(before.get(product).get(find(timeline, "gather_fp32").getFirst()));
    assertFalse(before.get(product).get(labels), "the first product waits for the labels");
    assertFalse(before.get(inputGradient).get(tracking), "a gradient waits for the tracker");
  }

  @Test
  void theNextGatherRunsBesideTheOptimizer() {
    Timeline timeline = timeline(REPEATS, LaneOptions.DEFAULT);
    List<BitSet> before = before(timeline);
    List<Integer> gathers = find(timeline, "gather_fp32");
    List<Integer> updates = find(timeline, "adam");
    List<Integer> products = find(timeline, "product");
    assertEquals(REPEATS, gathers.size());
    assertEquals(REPEATS, updates.size());
    int each = products.size() / REPEATS;
    for (int r = 1; r < REPEATS; r++) {
      assertFalse(before.get(gathers.get(r)).get(updates.get(r - 1)), "gather " + r);
      int first = products.get(r * each);
      assertTrue(before.get(first).get(updates.get(r - 1)), "product after the update " + r);
      assertTrue(before.get(first).get(gathers.get(r)), "product after the gather " + r);
      // The rows that the last product of the step before reads are not overwritten.
      assertTrue(before.get(gathers.get(r)).get(products.get(r * each - 1)), "gather " + r);
    }
    Timeline once = timeline(1, LaneOptions.DEFAULT);
    assertTrue(timeline.seconds() < REPEATS * once.seconds(), "steps overlap");
  }

  @Test
  void theFirstLaneHasWhatTheSpanHangsOn() {
    Timeline timeline = timeline(1, LaneOptions.DEFAULT);
    List<Integer> chain = new ArrayList<>(find(timeline, "gemm-nt"));
    chain.addAll(find(timeline, "gemm+relu-gradient"));
    List<Integer> weights = new ArrayList<>(find(timeline, "gemm-tn"));
    chain.add(weights.removeLast()); // the first layer's weights wait for all else
    chain.forEach(i -> assertEquals(0, timeline.nodes().get(i).lane()));
    weights.forEach(i -> assertTrue(timeline.nodes().get(i).lane() > 0));
    double one = timeline(1, LaneOptions.DEFAULT.withCount(1)).seconds();
    double two = timeline(1, LaneOptions.DEFAULT.withCount(2)).seconds();
    assertTrue(two < one && timeline.seconds() < two);
  }

  @Test
  void whatWasNotCompiledHasNoTimeline() {
    PlannedGpu gpu =
        new PlannedGpu(
            CostModel.H200, Precision.FP32, LaneOptions.DEFAULT, PlannedGpu.Relu.EPILOGUE);
    assertThrows(IllegalArgumentException.class, () -> gpu.timeline("nothing", 1, true));
  }
}
