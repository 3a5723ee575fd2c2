package dev.lamina.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.Differentiation;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.op.Activation;
import dev.lamina.op.Copy;
import dev.lamina.op.Gemm;
import dev.lamina.op.LossFunction;
import dev.lamina.op.MeanLoss;
import dev.lamina.op.Reduce;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Fusion and memory plan of training graphs, and the plan's rules on random graphs. */
class ProgramPlanTest {
  private static final PlanningBackend FUSES_ALL = new PlanningBackend(op -> true);
  private static final PlanningBackend FUSES_NOTHING = new PlanningBackend(op -> false);
  private static final int BATCH = 32;

  /** So large that activations share memory. */
  private static final int LARGE_BATCH = 2000;

  private final Graph graph = new Graph();
  private final List<Value> parameters = new ArrayList<>();

  /** Two linear layers with a ReLU between, loss and all gradients, gradients placed. */
  private Value build(boolean keepPreactivation) {
    return build(BATCH, keepPreactivation);
  }

  private Value build(int batch, boolean keepPreactivation) {
    Value x = graph.input("input", TensorType.of(DType.FP32, batch, 20));
    Value y = graph.input("target", TensorType.of(DType.INT32, batch));
    Value z = linear("0", x, 20, 50);
    graph.name(z, "0.output");
    if (keepPreactivation) {
      graph.keep(z);
    }
    Value f = z.relu();
    Value logits = linear("2", f, 50, 10);
    Value loss = graph.emit(new MeanLoss(LossFunction.SOFTMAX_CROSS_ENTROPY), logits, y);
    graph.keep(loss);
    Variable flat = new Variable("gradients", TensorType.of(DType.FP32, 5000));
    long offset = 0;
    for (Value gradient : Differentiation.gradients(graph, loss, parameters).values()) {
      graph.place(gradient, flat, offset);
      offset += gradient.type().size();
    }
    return loss;
  }

  private Value linear(String name, Value x, long in, long out) {
    Variable w = new Variable(name + ".weight", TensorType.of(DType.FP32, out, in));
    Variable b = new Variable(name + ".bias", TensorType.of(DType.FP32, out));
    Value weight = graph.read(w);
    Value bias = graph.read(b);
    parameters.add(weight);
    parameters.add(bias);
    Value product = graph.emit(Gemm.of(false, true), x, weight);
    return product.add(bias);
  }

  private static List<String> labels(ProgramPlan plan) {
    return plan.nodes().stream().map(n -> n.op().label()).toList();
  }

  @Test
  void fusesALinearNetworkIntoSixOperations() {
    build(false);
    assertEquals(
        List.of(
            "gemm-nt+bias+relu",
            "gemm-nt+bias",
            "softmax-cross-entropy+gradient",
            "gemm-tn+bias-gradient",
            "gemm+relu-gradient+bias-gradient",
            "gemm-tn"),
        sorted(labels(ProgramPlan.of("step", graph, FUSES_ALL))));
  }

  /** The order of what comes after the loss is of no interest. */
  private static List<String> sorted(List<String> labels) {
    List<String> result = new ArrayList<>(labels);
    result.subList(3, 6).sort((a, b) -> Integer.compare(rank(a), rank(b)));
    return result;
  }

  private static int rank(String label) {
    return List.of("gemm-tn+bias-gradient", "gemm+relu-gradient+bias-gradient", "gemm-tn")
        .indexOf(label);
  }

  @Test
  void fusesNothingForABackendThatCannot() {
    build(false);
    List<String> labels = labels(ProgramPlan.of("step", graph, FUSES_NOTHING));
    assertTrue(labels.contains("relu"), labels::toString);
    assertTrue(labels.contains("softmax-cross-entropy-gradient"), labels::toString);
    assertTrue(labels.stream().noneMatch(l -> l.contains("+")), labels::toString);
  }

  @Test
  void keepsAPreactivationThatWasAskedFor() {
    build(true);
    List<String> labels = labels(ProgramPlan.of("step", graph, FUSES_ALL));
    assertTrue(labels.contains("relu"), labels::toString);
    assertFalse(labels.contains("gemm-nt+bias+relu"), labels::toString);
  }

  /** What is read out of a variable before it is overwritten is still the old content. */
  @Test
  void fusesNothingAcrossAReadOfWhatItWrites() {
    TensorType matrix = TensorType.of(DType.FP32, 4, 3);
    Value dF = graph.input("dF", matrix);
    Value f = graph.input("f", matrix);
    Variable b = new Variable("b", TensorType.of(DType.FP32, 3));
    Value dZ = graph.emit(Activation.RELU.gradient(f.type()), dF, f);
    graph.keep(graph.emit(new Copy(), graph.read(b)));
    graph.place(graph.emit(new Reduce(Reduce.Kind.SUM, Reduce.Axis.ROWS), dZ), b, 0);
    graph.keep(dZ);
    assertEquals(
        List.of("relu-gradient", "copy", "sum-rows"),
        labels(ProgramPlan.of("gradient", graph, FUSES_ALL)));
  }

  @Test
  void aWideProductDoesNotPassAReadOfWhatItWrites() {
    Value a = graph.input("a", TensorType.of(DType.BF16, 4, 3));
    Variable d = new Variable("d", TensorType.of(DType.FP32, 3, 3));
    Value product = graph.emit(Gemm.of(true, false), a, a);
    graph.keep(graph.emit(new Copy(), graph.read(d)));
    graph.place(product.cast(DType.FP32), d, 0);
    assertEquals(
        List.of("copy", "gemm-tn+wide"), labels(ProgramPlan.of("product", graph, FUSES_ALL)));
  }

  @Test
  void countsTheFlopsOfTheProducts() {
    build(false);
    long products = 2L * BATCH * (2 * 20 * 50 + 3 * 50 * 10);
    long flops = ProgramPlan.of("step", graph, FUSES_ALL).flops();
    assertTrue(flops > products && flops < products * 1.2, () -> flops + " against " + products);
  }

  @Test
  void describesEveryOperationAndTheTotals() {
    build(false);
    ProgramPlan plan = ProgramPlan.of("step", graph, FUSES_ALL);
    String table = plan.describe();
    for (Node node : plan.nodes()) {
      assertTrue(table.contains(node.op().label()), table);
    }
    assertTrue(table.contains("peak memory"), table);
    assertTrue(table.contains("variable gradients"), table);
  }

  @Test
  void reusesMemory() {
    build(LARGE_BATCH, false);
    for (PlanningBackend backend : List.of(FUSES_ALL, FUSES_NOTHING)) {
      ProgramPlan plan = ProgramPlan.of("step", graph, backend);
      assertValid(plan);
    }
    long fused = ProgramPlan.of("step", graph, FUSES_ALL).slabBytes();
    long all = // every value once, and rounding
        4L * LARGE_BATCH * (20 + 1 + 50 + 10 + 10 + 50) + 7 * 256;
    assertTrue(fused < all - MemoryPlan.SHARED, () -> fused + " against " + all);
  }

  /** Who shares memory waits for the other's readers, for a few bytes. */
  @Test
  void smallValuesHaveMemoryOfTheirOwn() {
    build(false);
    for (PlanningBackend backend : List.of(FUSES_ALL, FUSES_NOTHING)) {
      ProgramPlan plan = ProgramPlan.of("step", graph, backend);
      Map<Value, Value> owners = new HashMap<>(); // of the memory that work in place hands on
      graph.inputs().forEach(input -> owners.put(input, input));
      for (Node node : plan.nodes()) {
        Map<Value, Value> made = new HashMap<>();
        for (Value output : node.outputs()) {
          int index = output == node.outputs().getFirst() ? node.op().inPlace() : -1;
          Value taken = index < 0 ? null : node.inputs().get(index);
          boolean inPlace = taken != null && owners.containsKey(taken);
          Value owner = inPlace && overlap(plan, output, taken) ? owners.get(taken) : output;
          made.put(output, owner);
          owners.forEach((other, its) ->
              assertTrue(
                  its == owner || !overlap(plan, output, other),
                  () -> output + " and " + other + "\n" + plan.describe()));
        }
        owners.putAll(made);
      }
    }
  }

  @Test
  void plansRandomGraphsWithoutOverlap() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      int largest = round % 2 == 0 ? 1000 : 100_000;
      Graph any = new Graph();
      List<Value> values = new ArrayList<>();
      values.add(any.input("x", TensorType.of(DType.FP32, 1 + random.nextInt(300))));
      for (int i = 0; i < 40; i++) {
        Value a = values.get(random.nextInt(values.size()));
        Value made =
            switch (random.nextInt(3)) {
              case 0 -> a.tanh();
              case 1 -> a.add(a);
              default -> any.fill(1, TensorType.of(DType.FP32, 1 + random.nextInt(largest)));
            };
        values.add(made);
        if (random.nextInt(5) == 0) {
          any.keep(made);
        }
      }
      assertValid(ProgramPlan.of("random", any, FUSES_ALL));
    }
  }

  /** Replays the plan: a value's bytes must belong to it from its making to its last use. */
  private static void assertValid(ProgramPlan plan) {
    Map<Long, Value> owner = new HashMap<>();
    plan.graph().inputs().forEach(v -> own(plan, owner, v));
    for (Node node : plan.nodes()) {
      for (Value input : node.inputs()) {
        assertOwned(plan, owner, input);
      }
      for (Value output : node.outputs()) {
        for (Value input : node.inputs()) {
          boolean mayShare =
              node.op().inPlace() >= 0
                  && node.inputs().get(node.op().inPlace()) == input
                  && node.outputs().getFirst() == output;
          assertTrue(mayShare || !overlap(plan, input, output), () -> node + " " + plan.describe());
        }
        own(plan, owner, output);
      }
      node.outputs().forEach(v -> assertOwned(plan, owner, v));
    }
    for (Value kept : plan.graph().kept()) {
      assertOwned(plan, owner, kept);
    }
    plan.graph().inputs().forEach(v -> assertOwned(plan, owner, v));
  }

  private static boolean overlap(ProgramPlan plan, Value a, Value b) {
    long p = plan.offset(a);
    long q = plan.offset(b);
    return p >= 0 && q >= 0 && p < q + b.type().bytes() && q < p + a.type().bytes();
  }

  private static void own(ProgramPlan plan, Map<Long, Value> owner, Value value) {
    long offset = plan.offset(value);
    if (offset >= 0) {
      assertEquals(0, offset % 256);
      assertTrue(offset + value.type().bytes() <= plan.slabBytes());
      for (long b = offset / 256; b * 256 < offset + value.type().bytes(); b++) {
        owner.put(b, value);
      }
    }
  }

  private static void assertOwned(ProgramPlan plan, Map<Long, Value> owner, Value value) {
    long offset = plan.offset(value);
    if (offset >= 0) {
      for (long b = offset / 256; b * 256 < offset + value.type().bytes(); b++) {
        assertEquals(value, owner.get(b), () -> "memory of " + value + "\n" + plan.describe());
      }
    }
  }
}
