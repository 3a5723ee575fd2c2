package dev.lamina.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.formula.Input;
import dev.lamina.formula.Kind;
import dev.lamina.formula.Node;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.op.Activation;
import dev.lamina.op.Advance;
import dev.lamina.op.BatchIndices;
import dev.lamina.op.Clock;
import dev.lamina.op.GatherRows;
import dev.lamina.op.Gemm;
import dev.lamina.op.Map;
import dev.lamina.op.Reduce;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is fused, and what must not be. */
class FusionRulesTest {
  private static final PlanningBackend FUSES_ALL = new PlanningBackend(op -> true);

  private final Graph graph = new Graph();

  private List<String> labels() {
    return ProgramPlan.of("step", graph, FUSES_ALL).nodes().stream()
        .map(node -> node.op().label())
        .toList();
  }

  /** A batch of 8 out of so many samples, gathered twice. */
  private Value gathers(int samples, boolean advanceBetween) {
    Variable clock = new Variable("clock", Clock.CLOCK);
    Value indices = graph.emit(new BatchIndices(8, samples, true), graph.read(clock));
    for (int i = 0; i < 2; i++) {
      if (i == 1 && advanceBetween) {
        graph.apply(new Advance(), graph.read(clock));
      }
      Variable data = new Variable("data " + i, TensorType.of(DType.FP32, 100, 4));
      graph.keep(graph.emit(GatherRows.to(DType.FP32), graph.read(data), indices));
    }
    return indices;
  }

  @Test
  void aBatchIsGatheredByTheClock() {
    gathers(100, false);
    assertEquals(List.of("gather-batch", "gather-batch"), labels());
  }

  @Test
  void theNumbersOfABatchStayWhereTheyAreAskedFor() {
    graph.keep(gathers(100, false));
    assertEquals(List.of("batch-indices", "gather-batch", "gather-batch"), labels());
  }

  @Test
  void aClockThatHasAdvancedIsNotRead() {
    gathers(100, true);
    assertEquals(List.of("batch-indices", "gather-batch", "advance", "gather-rows"), labels());
  }

  @Test
  void rowsThatAreNotThereStayWrong() {
    gathers(101, false);
    assertEquals(List.of("batch-indices", "gather-rows", "gather-rows"), labels());
  }

  private Value input(String name, DType dtype, long... extents) {
    return graph.input(name, TensorType.of(dtype, extents));
  }

  /** The backward pass across a layer: weight, bias and activation gradient. */
  private void backward(DType dtype, boolean wide) {
    Value above = input("above", dtype, 8, 5);
    Value f = input("f", dtype, 8, 6);
    Value dF = graph.emit(Gemm.of(false, false), above, input("w", dtype, 5, 6));
    Value dZ = graph.emit(Activation.RELU.gradient(f.type()), dF, f);
    Value dW = graph.emit(Gemm.of(true, false), dZ, input("x", dtype, 8, 7));
    Value db = graph.emit(new Reduce(Reduce.Kind.SUM, Reduce.Axis.ROWS), dZ);
    for (Value gradient : List.of(dW, db)) {
      graph.keep(wide ? gradient.cast(DType.FP32) : gradient);
    }
  }

  @Test
  void aBiasGradientComesWithTheActivationGradient() {
    backward(DType.FP32, false);
    assertEquals(List.of("gemm+relu-gradient+bias-gradient", "gemm-tn"), labels());
  }

  @Test
  void aBiasGradientThatIsWiderComesWithTheWeightGradient() {
    backward(DType.BF16, true);
    assertEquals(List.of("gemm+relu-gradient", "gemm-tn+wide+bias-gradient"), labels());
  }

  @Test
  void sumsOfAnotherTypeThanTheProductAreNoPartOfIt() {
    Value dZ = input("dZ", DType.BF16, 8, 5);
    graph.keep(graph.emit(Gemm.of(true, false), dZ, input("x", DType.BF16, 8, 7)));
    Value db = graph.emit(new Reduce(Reduce.Kind.SUM, Reduce.Axis.ROWS), dZ);
    graph.keep(db.cast(DType.FP32));
    assertEquals(List.of("gemm-tn", "sum-rows+wide"), labels());
  }

  /**
   * Into one, with a clock and a row; what is asked for stays, and so does what rows are made of.
   */
  @Test
  void mapsInARowAreOne() {
    Value x = input("x", DType.FP32, 8, 5);
    Value y = x.add(input("b", DType.FP32, 5)).exp().multiply(x);
    graph.keep(y);
    assertEquals(List.of("add+exp+multiply"), labels());
    Map map = (Map) ProgramPlan.of("step", graph, FUSES_ALL).nodes().getFirst().op();
    assertEquals(List.of(Kind.FULL, Kind.ROW), kinds(map));
  }

  @Test
  void whatIsTakenTwiceOrKeptIsNoPartOfAChain() {
    Value x = input("x", DType.FP32, 8, 5);
    Value kept = x.exp();
    graph.keep(kept);
    Value twice = kept.log();
    graph.keep(twice.add(twice.sum(Reduce.Axis.COLUMNS)));
    assertEquals(List.of("exp", "log", "sum-columns", "add"), labels());
  }

  /** A value of BF16 is rounded where it would have been stored. */
  @Test
  void roundingsStay() {
    graph.keep(input("x", DType.BF16, 8, 5).exp().log());
    assertEquals(List.of("exp+log"), labels());
    Map map = (Map) ProgramPlan.of("step", graph, FUSES_ALL).nodes().getFirst().op();
    assertTrue(map.formula().nodes().contains(new Node.Round(DType.BF16, 1)));
  }

  private static List<Kind> kinds(Map map) {
    return map.formula().inputs().stream().map(Input::kind).toList();
  }
}
