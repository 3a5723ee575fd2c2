package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.graph.Differentiation;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.op.Reduce.Axis;
import dev.lamina.program.Program;
import dev.lamina.program.ProgramPlan;
import dev.lamina.suite.BackendVariants;
import dev.lamina.type.DType;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Parts, joins and constants in graphs, and what differentiation makes of them. */
class PartsTest {
  private static final TensorType MATRIX = TensorType.of(DType.FP32, 2, 3);
  private static final float[] X = {1, 2, 3, 4, 5, 6};

  private static float[] run(Backend backend, Graph graph, Value result) {
    graph.keep(graph.name(result, "result"));
    try (Program program = Program.compile("parts", graph, backend, Map.of())) {
      if (graph.find("x") != null) {
        program.write("x", X);
      }
      program.run(2);
      return program.readFloats("result");
    }
  }

  private static Value gradient(Graph graph, Value y, Value x) {
    return Differentiation.gradients(graph, y.sum(Axis.ALL), List.of(x)).get(x);
  }

  /** y = (a - b)², side by side with c: where a column is taken twice, gradients add up. */
  @TestFactory
  Stream<DynamicTest> gradientsOfPartsLieWhereThePartsDid() {
    return BackendVariants.onEachOpen(backend -> {
      Graph graph = new Graph();
      Value x = graph.input("x", MATRIX);
      Value a = x.columns(0, 1);
      Value b = x.columns(1, 2);
      Value y = a.subtract(b).square().concat(Axis.COLUMNS, x.columns(1, 3).multiply(10));
      assertEquals(TensorType.of(DType.FP32, 2, 3), y.type());
      float[] expected = {-2, 12, 10, -2, 12, 10};
      assertArrayEquals(expected, run(backend, graph, gradient(graph, y, x)));
    });
  }

  @TestFactory
  Stream<DynamicTest> rowsAndShapesHaveGradients() {
    return BackendVariants.onEachOpen(backend -> {
      Graph graph = new Graph();
      Value x = graph.input("x", MATRIX);
      Value y = x.reshape(-1, 2).rows(1, 3).reshape(4).square();
      assertArrayEquals(
          new float[] {0, 0, 6, 8, 10, 12}, run(backend, graph, gradient(graph, y, x)));
    });
  }

  /** d (x · [x]) = [x], where brackets stop the gradient. */
  @TestFactory
  Stream<DynamicTest> noGradientPassesWhereItIsStopped() {
    return BackendVariants.onEachOpen(backend -> {
      Graph graph = new Graph();
      Value x = graph.input("x", MATRIX);
      assertArrayEquals(X, run(backend, graph, gradient(graph, x.multiply(x.stopGradient()), x)));
    });
  }

  @TestFactory
  Stream<DynamicTest> constantsAreThereInEveryRun() {
    return BackendVariants.onEachOpen(backend -> {
      Graph graph = new Graph();
      float[] numbers = {1, 10, 100};
      Value scale = graph.constant(numbers, 3);
      numbers[0] = 7; // the graph has a copy
      Value x = graph.input("x", MATRIX);
      assertArrayEquals(
          new float[] {1, 20, 300, 4, 50, 600}, run(backend, graph, x.multiply(scale)));
    });
  }

  @TestFactory
  Stream<DynamicTest> constantsNeedNoInput() {
    return BackendVariants.onEachOpen(backend -> {
      Graph graph = new Graph();
      Value sum = graph.constant(new float[] {1, 2}, 2).add(graph.constant(new float[] {3, 4}, 2));
      assertArrayEquals(new float[] {4, 6}, run(backend, graph, sum));
    });
  }

  @Test
  void aConstantIsNoInput() {
    Graph graph = new Graph();
    Value constant = graph.name(graph.constant(new float[] {1}, 1), "one");
    assertTrue(graph.inputs().isEmpty());
    graph.keep(graph.name(constant.exp(), "result"));
    Backend backend = BackendVariants.all().getFirst().open().get();
    try (backend;
        Program program = Program.compile("constant", graph, backend, Map.of())) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> program.write("one", new float[] {2}));
      assertTrue(e.getMessage().contains("constant, not an input"), e::getMessage);
    }
    assertThrows(ShapeException.class, () -> graph.constant(new float[2], 3));
  }

  /** A new shape of a value that nobody else takes costs no memory. */
  @Test
  void aReshapeTakesItsInputsMemory() {
    Graph graph = new Graph();
    Value x = graph.input("x", TensorType.of(DType.FP32, 100, 300));
    Value y = x.exp().reshape(300, 100).stopGradient().exp();
    graph.keep(y);
    try (Backend backend = BackendVariants.all().getFirst().open().get()) {
      long slab = ProgramPlan.of("reshape", graph, backend).slabBytes();
      assertTrue(slab < 2.1 * x.type().bytes(), slab + " bytes");
    }
  }

  @Test
  void wrongPartsAreNamed() {
    Graph graph = new Graph();
    Value x = graph.input("x", MATRIX);
    for (Runnable wrong :
        List.<Runnable>of(
            () -> x.columns(1, 4),
            () -> x.rows(2, 2),
            () -> x.sum(Axis.ALL).rows(0, 1),
            () -> x.reshape(4, -1),
            () -> x.concat(Axis.COLUMNS, x.transpose()),
            () -> x.concat(Axis.ROWS, x.cast(DType.FP64)))) {
      String message = assertThrows(ShapeException.class, wrong::run).getMessage();
      assertTrue(message.contains("expected"), message);
    }
  }
}
