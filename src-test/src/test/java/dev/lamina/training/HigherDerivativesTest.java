package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.graph.Differentiation;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.op.LossFunction;
import dev.lamina.op.MeanLoss;
import dev.lamina.op.Op;
import dev.lamina.op.Reduce;
import dev.lamina.op.Softmax;
import dev.lamina.program.Program;
import dev.lamina.suite.BackendVariants;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A graph that is differentiated again and again: gradient penalties, their gradients, and the
 * gradients of those, against PyTorch and against differences.
 */
class HigherDerivativesTest {
  private static final double[] PROBABILITIES = {0.25, 0.75, 1, 0, 0.5, 0.5, 0.125, 0.5};
  private static final int[] LABELS = {0, 1, 1, 0};

  /** x, w1, b1, w2, b2 as the script that made the golden values has them. */
  private static final Map<String, long[]> SHAPES = new LinkedHashMap<>();

  static {
    SHAPES.put("x", new long[] {4, 3});
    SHAPES.put("w1", new long[] {5, 3});
    SHAPES.put("b1", new long[] {5});
    SHAPES.put("w2", new long[] {2, 5});
    SHAPES.put("b2", new long[] {2});
  }

  /** What is differentiated by what, and the result: a line of the golden values. */
  private record Golden(
      String activation, String loss, String scalar, String by, double[] gradient) {
    static Golden parse(String line) {
      String[] words = line.split(" ");
      return new Golden(
          words[0],
          words[1],
          words[2],
          words[3],
          Arrays.stream(words).skip(4).mapToDouble(Double::parseDouble).toArray());
    }
  }

  private static Map<String, List<Golden>> golden() throws IOException {
    Map<String, List<Golden>> byNetwork = new LinkedHashMap<>();
    String file = "second-derivatives.txt";
    try (InputStream in = HigherDerivativesTest.class.getResourceAsStream(file)) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(Golden::parse)
          .forEach(g ->
              byNetwork
                  .computeIfAbsent(g.activation + " " + g.loss, k -> new ArrayList<>())
                  .add(g));
    }
    return byNetwork;
  }

  @TestFactory
  Stream<DynamicTest> agreeWithPyTorch() throws IOException {
    Map<String, List<Golden>> golden = golden();
    assertEquals(7 * 4, golden.size());
    return BackendVariants.all().stream()
        .filter(variant -> variant.supports(DType.FP64))
        .flatMap(variant ->
            golden.entrySet().stream()
                .map(entry ->
                    DynamicTest.dynamicTest(
                        variant + " " + entry.getKey(),
                        () -> {
                          try (Backend backend = variant.open().get()) {
                            compare(backend, entry.getValue());
                            compare(new Networks.Unfused(backend), entry.getValue());
                          }
                        })));
  }

  /** P = L + 0.3 |dL/dx|², T = |dP/dx|². */
  private static void compare(Backend backend, List<Golden> expected) {
    Network network = new Network(expected.getFirst().activation, expected.getFirst().loss);
    Graph graph = network.graph;
    Value x = graph.find("x");
    List<Value> all = SHAPES.keySet().stream().map(graph::find).toList();
    Value first = Differentiation.gradients(graph, network.loss, List.of(x)).get(x);
    Value penalised = network.loss.add(sumOfSquares(graph, first).multiply(0.3));
    Value bend = Differentiation.gradients(graph, penalised, all).get(x);
    Differentiation.gradients(graph, sumOfSquares(graph, bend), List.of(graph.find("w1"), x));
    for (Golden golden : expected) {
      graph.keep(graph.find(name(golden)));
    }
    try (Program program = network.compile(backend)) {
      program.run();
      for (Golden golden : expected) {
        double[] found = program.readDoubles(name(golden));
        double scale = 1e-3 + Arrays.stream(golden.gradient).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < found.length; i++) {
          assertEquals(golden.gradient[i], found[i], 1e-12 * scale, name(golden) + " element " + i);
        }
      }
    }
  }

  /** The second and the third time that the graph is differentiated. */
  private static String name(Golden golden) {
    return (golden.scalar.equals("P") ? "grad2(" : "grad3(") + golden.by + ")";
  }

  private static Value sumOfSquares(Graph graph, Value value) {
    Value squares = value.square();
    return graph.emit(new Reduce(Reduce.Kind.SUM, Reduce.Axis.ALL), squares);
  }

  /** Two layers and a loss, all of it inputs. */
  private static final class Network {
    final Graph graph = new Graph();
    final Value loss;
    final boolean labels;

    Network(String activation, String loss) {
      Map<String, Value> v = new LinkedHashMap<>();
      SHAPES.forEach(
          (name, extents) -> v.put(name, graph.input(name, TensorType.of(DType.FP64, extents))));
      Value z = layer(v.get("x"), v.get("w1"), v.get("b1"));
      z = layer(graph.emit(operation(activation, z.type()), z), v.get("w2"), v.get("b2"));
      labels = loss.endsWith("/labels");
      Value y =
          graph.input(
              "y", labels ? TensorType.of(DType.INT32, 4) : TensorType.of(DType.FP64, 4, 2));
      LossFunction function =
          Stream.of(LossFunction.values())
              .filter(f -> loss.startsWith(f.label() + "/"))
              .findFirst()
              .orElseThrow();
      this.loss = graph.name(graph.emit(new MeanLoss(function), z, y), "loss");
    }

    private static Op operation(String name, TensorType z) {
      return switch (name) {
        case "softmax" -> new Softmax(false);
        case "log-softmax" -> new Softmax(true);
        default -> Activation.valueOf(name.toUpperCase(Locale.ROOT)).function().on(z);
      };
    }

    private Value layer(Value x, Value w, Value b) {
      Value product = graph.emit(Gemm.of(false, true), x, w);
      return product.add(b);
    }

    Program compile(Backend backend) {
      Program program = Program.compile("derivatives", graph, backend, Map.of());
      double seed = 0;
      for (String name : SHAPES.keySet()) {
        seed += 0.1;
        int size = (int) graph.find(name).type().size();
        double[] numbers = new double[size];
        for (int i = 0; i < size; i++) {
          numbers[i] = Math.sin(1.7 * i + seed);
        }
        program.write(name, numbers);
      }
      if (labels) {
        program.write("y", LABELS);
      } else {
        program.write("y", PROBABILITIES);
      }
      return program;
    }
  }

  /** The gradient of |dL/dx|² by x against differences of dL/dx: 2 H dL/dx, H by columns. */
  @TestFactory
  Stream<DynamicTest> agreeWithDifferences() {
    return BackendVariants.all().stream()
        .filter(variant -> variant.supports(DType.FP64))
        .flatMap(variant ->
            Stream.of("sigmoid", "tanh", "gelu", "softmax", "log-softmax")
                .map(activation ->
                    DynamicTest.dynamicTest(
                        variant + " " + activation,
                        () -> {
                          try (Backend backend = variant.open().get()) {
                            differences(backend, activation);
                          }
                        })));
  }

  private static void differences(Backend backend, String activation) {
    Network network = new Network(activation, "softmax-cross-entropy/labels");
    Graph graph = network.graph;
    Value x = graph.find("x");
    Value first = Differentiation.gradients(graph, network.loss, List.of(x)).get(x);
    Value penalty = graph.name(sumOfSquares(graph, first), "penalty");
    Differentiation.gradients(graph, penalty, List.of(x));
    graph.keep(penalty);
    graph.keep(graph.find("grad2(x)"));
    try (Program program = network.compile(backend)) {
      double[] at = new double[12];
      for (int i = 0; i < at.length; i++) {
        at[i] = Math.sin(1.7 * i + 0.1);
      }
      program.write("x", at);
      program.run();
      double[] gradient = program.readDoubles("grad2(x)");
      double largest = Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
      assertTrue(largest > 1e-4, "nothing to compare");
      double h = 1e-5;
      for (int i = 0; i < at.length; i++) {
        double[] up = at.clone();
        double[] down = at.clone();
        up[i] += h;
        down[i] -= h;
        double difference = (penaltyAt(program, up) - penaltyAt(program, down)) / (2 * h);
        assertEquals(difference, gradient[i], 1e-7 * largest + 1e-11, "element " + i);
      }
    }
  }

  private static double penaltyAt(Program program, double[] x) {
    program.write("x", x);
    program.run();
    return program.readDoubles("penalty")[0];
  }

  /**
   * Each of two losses has gradients of its own by the same values, and their sum those of both.
   */
  @TestFactory
  Stream<DynamicTest> everyLossHasItsGradient() {
    return BackendVariants.onEachOpen(backend -> {
      Graph graph = new Graph();
      Value x = graph.input("x", TensorType.of(DType.FP32, 6));
      Value one = sumOfSquares(graph, x);
      Value other = graph.emit(new Reduce(Reduce.Kind.SUM, Reduce.Axis.ALL), x.exp());
      Value both = graph.add(one, other);
      Differentiation.gradients(graph, one, List.of(x));
      Differentiation.gradients(graph, other, List.of(x));
      Differentiation.gradients(graph, both, List.of(x));
      // The same once more: equal, under another name.
      Differentiation.gradients(graph, one, List.of(x));
      List<String> names = List.of("grad(x)", "grad2(x)", "grad3(x)", "grad4(x)");
      names.forEach(name -> graph.keep(graph.find(name)));
      try (Program program = Program.compile("losses", graph, backend, Map.of())) {
        program.write("x", new float[] {-1, 0, 0.5f, 1, 2, 3});
        program.run();
        float[] first = program.readFloats("grad(x)");
        float[] second = program.readFloats("grad2(x)");
        float[] sum = program.readFloats("grad3(x)");
        float[] again = program.readFloats("grad4(x)");
        assertEquals(6, first[5]);
        assertEquals(Math.E, second[3], 1e-6);
        for (int i = 0; i < 6; i++) {
          assertEquals(first[i] + second[i], sum[i], 1e-5);
          assertEquals(first[i], again[i]);
        }
      }
    });
  }

  /** A scope has names of its own, which leave those of the whole alone. */
  @Test
  void gradientsAreNamedByScopeAndNumber() {
    Graph graph = new Graph();
    Value x = graph.input("x", TensorType.of(DType.FP64, 2));
    Value y = sumOfSquares(graph, x);
    graph.scope("penalty", () -> Differentiation.gradients(graph, y, List.of(x)));
    graph.scope("penalty", () -> Differentiation.gradients(graph, y, List.of(x)));
    Value g = Differentiation.gradients(graph, y, List.of(x)).get(x);
    Differentiation.gradients(graph, sumOfSquares(graph, g), List.of(x, g));
    assertEquals(g, graph.find("grad(x)"));
    for (String name :
        List.of("penalty.grad(x)", "penalty.grad2(x)", "grad2(x)", "grad2(grad(x))")) {
      assertNotNull(graph.find(name), () -> name + " in " + graph.names().keySet());
    }
  }
}
