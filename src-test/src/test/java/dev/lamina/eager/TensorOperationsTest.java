package dev.lamina.eager;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.op.Gemm;
import dev.lamina.op.Reduce.Axis;
import dev.lamina.op.TensorOperations;
import dev.lamina.program.Program;
import dev.lamina.suite.BackendVariants;
import dev.lamina.tensor.Tensor;
import dev.lamina.tensor.TensorArena;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Eager tensors and the values of graphs compute the same by the same names. */
class TensorOperationsTest {
  /** What only memory that is there has: other places of results, and accumulation. */
  private static final Set<String> OF_MEMORY = Set.of("in", "inPlace", "gemm", "to");

  private static final float[] X = {1, -2, 0.5f, 3, 0.25f, -1};
  private static final float[] Y = {2, 1, -0.5f, 4, 8, -1};

  /** Written once; each kind of tensor computes it. */
  private static <T extends TensorOperations<T>> List<T> compute(T x, T y) {
    return List.of(
        x.multiply(y).add(1).relu(),
        x.subtract(y).divide(y).multiply(3),
        x.maximum(y).minimum(x.negate()).subtract(2),
        x.equal(y).add(x.greaterEqual(y)),
        x.abs().sqrt().add(y.square().reciprocal()).log().exp(),
        x.sign().affine(2, -1),
        x.sigmoid().add(y.tanh()).add(x.gelu()),
        x.softmax().multiply(y.logSoftmax()),
        x.matmul(y.transpose()),
        x.transpose().matmul(y),
        x.transpose().copy(),
        x.sum(Axis.ROWS).divide(x.mean(Axis.ALL)),
        x.max(Axis.COLUMNS),
        x.argMax(Axis.COLUMNS).cast(DType.FP32),
        x.apply(Gemm.of(false, true), y),
        x.reshape(3, -1).rows(1, 3),
        x.columns(1, 2).concat(Axis.COLUMNS, List.of(y, x.transpose().reshape(2, 3))),
        x.concat(Axis.ROWS, y.stopGradient()));
  }

  @TestFactory
  Stream<DynamicTest> tensorsAndValuesComputeTheSame() {
    return BackendVariants.onEachOpen(TensorOperationsTest::computesTheSame);
  }

  private static void computesTheSame(Backend backend) {
    Graph graph = new Graph();
    TensorType type = TensorType.of(DType.FP32, 2, 3);
    List<Value> values = compute(graph.input("x", type), graph.input("y", type));
    for (int i = 0; i < values.size(); i++) {
      graph.keep(graph.name(values.get(i), "result " + i));
    }
    try (TensorArena arena = TensorArena.open("test", backend);
        Program program = Program.compile("test", graph, backend, Map.of())) {
      List<Tensor> tensors = compute(arena.of(X, 2, 3), arena.of(Y, 2, 3));
      program.write("x", X);
      program.write("y", Y);
      program.run();
      for (int i = 0; i < values.size(); i++) {
        assertEquals(tensors.get(i).type(), values.get(i).type());
        assertArrayEquals(
            tensors.get(i).toFloats(), program.readFloats("result " + i), "result " + i);
      }
    }
  }

  /** A new operation of one of them does not come without the other's. */
  @Test
  void bothHaveTheSameOperations() {
    Set<String> ofTensors = operations(Tensor.class);
    ofTensors.removeIf(method -> OF_MEMORY.contains(method.substring(0, method.indexOf('('))));
    assertEquals(ofTensors, operations(Value.class));
    assertTrue(ofTensors.size() > 30, ofTensors::toString);
  }

  /** The public methods that give a tensor of the same kind. */
  private static Set<String> operations(Class<?> kind) {
    return Arrays.stream(kind.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method ->
            method.getReturnType() == kind || method.getReturnType() == TensorOperations.class)
        .map(method -> signature(method, kind))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String signature(Method method, Class<?> kind) {
    return Arrays.stream(method.getParameterTypes())
        .map(type -> type == kind || type == TensorOperations.class ? "T" : type.getSimpleName())
        .collect(Collectors.joining(", ", method.getName() + "(", ")"));
  }

  /** A transpose before a product is part of the product, and its gradient too. */
  @Test
  void aProductTakesTransposes() {
    Graph graph = new Graph();
    Value a = graph.input("a", TensorType.of(DType.FP32, 4, 2));
    Value b = graph.input("b", TensorType.of(DType.FP32, 3, 4));
    Value product = a.transpose().matmul(b.transpose());
    assertEquals(Gemm.of(true, true), product.producer().op());
    assertEquals(List.of(a, b), product.producer().inputs());
    assertEquals(TensorType.of(DType.FP32, 2, 3), product.type());
  }
}
