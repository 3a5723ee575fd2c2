package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.graph.Differentiation;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.loss.Loss;
import dev.lamina.loss.Losses;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.op.Reduce;
import dev.lamina.program.Program;
import dev.lamina.suite.BackendVariants;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Lamina's losses against PyTorch: values, gradients and gradients of those. */
class LossesTest {
  private static final int ROWS = 4;
  private static final int COLUMNS = 3;
  private static final int SIZE = ROWS * COLUMNS;
  private static final int[] LABELS = {2, 0, 1, 2};
  private static final double[] PROBABILITIES = {
    0.25, 0.5, 0.25, 1, 0, 0, 0, 0.125, 0.875, 0.5, 0.5, 0
  };

  /** As the script that made the golden values has them. */
  private static double[] numbers(double seed, double scale) {
    return IntStream.range(0, SIZE).mapToDouble(i -> scale * Math.sin(1.7 * i + seed)).toArray();
  }

  /** A line of the golden values. */
  private record Golden(
      String label, String targets, double loss, double[] first, double[] second) {
    static Golden parse(String line) {
      String[] words = line.split(" ");
      double[] values = Arrays.stream(words).skip(2).mapToDouble(Double::parseDouble).toArray();
      return new Golden(
          words[0],
          words[1],
          values[0],
          Arrays.copyOfRange(values, 1, 1 + SIZE),
          Arrays.copyOfRange(values, 1 + SIZE, 1 + 2 * SIZE));
    }

    Loss function() {
      return Losses.find(label).orElseThrow();
    }

    TensorType targetType(DType dtype) {
      return targets.equals("labels")
          ? TensorType.of(DType.INT32, ROWS)
          : TensorType.of(dtype, ROWS, COLUMNS);
    }

    MemorySegment target(DType dtype) {
      return switch (targets) {
        case "labels" -> MemorySegment.ofArray(LABELS);
        case "probabilities" -> segment(dtype, PROBABILITIES);
        case "values" -> segment(dtype, numbers(0.7, 2));
        default -> throw new AssertionError(targets);
      };
    }
  }

  private static List<Golden> golden() throws IOException {
    try (InputStream in = LossesTest.class.getResourceAsStream("losses.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(Golden::parse)
          .toList();
    }
  }

  private static MemorySegment segment(DType dtype, double[] numbers) {
    return switch (dtype) {
      case FP64 -> MemorySegment.ofArray(numbers);
      case FP32 -> MemorySegment.ofArray(floats(numbers));
      default -> {
        short[] halves = new short[numbers.length];
        for (int i = 0; i < halves.length; i++) {
          halves[i] = BFloat16.of((float) numbers[i]);
        }
        yield MemorySegment.ofArray(halves);
      }
    };
  }

  private static float[] floats(double[] numbers) {
    float[] rounded = new float[numbers.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) numbers[i];
    }
    return rounded;
  }

  @Test
  void everyLossHasGoldenValues() throws IOException {
    Set<String> found = new HashSet<>();
    for (Golden golden : golden()) {
      assertEquals(golden.label, golden.function().label());
      found.add(golden.label.replaceFirst(":.*", ""));
    }
    assertEquals(Losses.names(), found);
  }

  @TestFactory
  Stream<DynamicTest> agreeWithPyTorch() throws IOException {
    List<Golden> golden = golden();
    assertEquals(18, golden.size());
    return BackendVariants.onEach(variant -> {
      try (Backend backend = variant.open().get()) {
        for (Golden line : golden) {
          check(backend, DType.FP32, line, 2e-6, 2e-6);
          // Logits rounded to 8 bits move a loss by some of its slope.
          check(backend, DType.BF16, line, 1e-2, 1e-2);
          if (variant.supports(DType.FP64)) {
            check(backend, DType.FP64, line, 1e-13, 1e-13);
          }
        }
      }
    });
  }

  private static void check(
      Backend backend, DType dtype, Golden golden, double tolerance, double slopes) {
    Graph graph = new Graph();
    Value z = graph.input("z", TensorType.of(dtype, ROWS, COLUMNS));
    Value y = graph.input("y", golden.targetType(dtype.full()));
    Value loss = graph.name(golden.function().mean(graph, z, y), "loss");
    assertEquals(TensorType.of(dtype.full()), loss.type());
    Value first = Differentiation.gradients(graph, loss, List.of(z)).get(z);
    graph.keep(loss);
    graph.keep(first);
    boolean twice = dtype.isFull();
    if (twice) {
      Value square = first.square().sum(Reduce.Axis.ALL);
      graph.keep(Differentiation.gradients(graph, square, List.of(z)).get(z));
    }
    String what = golden.label + " " + golden.targets + " " + dtype;
    try (Program program = Program.compile("loss", graph, backend, Map.of())) {
      program.write("z", segment(dtype, numbers(0.3, 1.5)));
      program.write("y", golden.target(dtype.full()));
      program.run();
      assertEquals(
          golden.loss, read(program, "loss", dtype.full())[0], tolerance * (1 + golden.loss), what);
      assertArrayEquals(golden.first, read(program, "grad(z)", dtype), slopes * 2, what);
      if (twice) {
        assertArrayEquals(golden.second, read(program, "grad2(z)", dtype), slopes * 2, what);
      }
    }
  }

  private static double[] read(Program program, String name, DType dtype) {
    if (dtype == DType.FP64) {
      return program.readDoubles(name);
    }
    float[] values = program.readFloats(name);
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  /** The loss and its gradient of class numbers. */
  private static double[] ofLabels(Backend backend, Loss loss, int... labels) {
    Graph graph = new Graph();
    Value z = graph.input("z", TensorType.of(DType.FP32, ROWS, COLUMNS));
    Value y = graph.input("y", TensorType.of(DType.INT32, ROWS));
    Value mean = graph.name(loss.mean(graph, z, y), "loss");
    Differentiation.gradients(graph, mean, List.of(z));
    graph.keep(mean);
    graph.keep(graph.find("grad(z)"));
    try (Program program = Program.compile("loss", graph, backend, Map.of())) {
      program.write("z", floats(numbers(0.3, 1.5)));
      program.write("y", labels);
      program.run();
      double[] all = Arrays.copyOf(read(program, "loss", DType.FP32), 1 + SIZE);
      System.arraycopy(read(program, "grad(z)", DType.FP32), 0, all, 1, SIZE);
      return all;
    }
  }

  @TestFactory
  Stream<DynamicTest> ignoredLabelsCountForNothing() {
    return BackendVariants.onEachOpen(backend -> {
      Loss loss = new SoftmaxCrossEntropy().withIgnoredLabel(-1);
      assertArrayEquals(new double[1 + SIZE], ofLabels(backend, loss, -1, -1, -1, -1));
      double[] half = ofLabels(backend, loss, -1, 0, 1, -1);
      assertTrue(half[0] > 0, "two rows count");
      assertArrayEquals(new double[3], Arrays.copyOfRange(half, 1, 4), "the first row's gradient");
      assertTrue(Double.isNaN(ofLabels(backend, loss, 0, 3, 1, -1)[0]), "3 is no class");
      Loss smooth = new SoftmaxCrossEntropy().withLabelSmoothing(0.1);
      assertTrue(Double.isNaN(ofLabels(backend, smooth, 0, -1, 1, 2)[0]), "-1 is no class");
    });
  }

  /** A lambda that is Lamina's squared error, and ones that give something else than a loss. */
  @TestFactory
  Stream<DynamicTest> lambdasAreLosses() throws IOException {
    Golden golden =
        golden().stream().filter(g -> g.label.equals("mean-squared-error")).findFirst().get();
    return BackendVariants.onEachOpen(backend -> {
      Loss rows = (graph, z, y) -> z.subtract(y).square().mean(Reduce.Axis.COLUMNS);
      Loss batch = (graph, z, y) -> z.subtract(y).square().mean(Reduce.Axis.ALL);
      for (DType dtype : List.of(DType.FP32, DType.BF16)) {
        double tolerance = dtype == DType.FP32 ? 1e-6 : 1e-2;
        for (Loss loss : List.of(rows, batch)) {
          Graph graph = new Graph();
          Value z = graph.input("z", TensorType.of(dtype, ROWS, COLUMNS));
          Value y = graph.input("y", TensorType.of(DType.FP32, ROWS, COLUMNS));
          Value mean = graph.name(loss.mean(graph, z, y), "loss");
          Differentiation.gradients(graph, mean, List.of(z));
          graph.keep(mean);
          graph.keep(graph.find("grad(z)"));
          try (Program program = Program.compile("loss", graph, backend, Map.of())) {
            program.write("z", segment(dtype, numbers(0.3, 1.5)));
            program.write("y", golden.target(DType.FP32));
            program.run();
            assertEquals(golden.loss, program.readFloats("loss")[0], tolerance);
            assertArrayEquals(golden.first, read(program, "grad(z)", dtype), tolerance);
          }
        }
      }
    });
  }

  @Test
  void whatIsNoLossIsRefused() {
    Graph graph = new Graph();
    Value z = graph.input("z", TensorType.of(DType.FP32, ROWS, COLUMNS));
    Value y = graph.input("y", TensorType.of(DType.FP32, ROWS, COLUMNS));
    Loss elements = (g, output, target) -> output.subtract(target);
    String message =
        assertThrows(ShapeException.class, () -> elements.mean(graph, z, y)).getMessage();
    assertTrue(message.contains("custom") && message.contains("[4, 1]"), message);
    for (String wrong :
        List.of(
            "huber:delta=0",
            "huber:delta=x",
            "huber:d=1",
            "huber:",
            "huber:delta=1,delta=2",
            "softmax-cross-entropy:label-smoothing=1",
            "softmax-cross-entropy:class-weights=1/-1",
            "softmax-cross-entropy:class-weights=0/0",
            "softmax-cross-entropy:ignored-label=1.5")) {
      message = assertThrows(LaminaException.class, () -> Losses.find(wrong), wrong).getMessage();
      assertTrue(message.startsWith("loss "), message);
    }
    assertTrue(Losses.find("hubert").isEmpty());
    SoftmaxCrossEntropy two = new SoftmaxCrossEntropy().withClassWeights(1, 2);
    message = assertThrows(LaminaException.class, () -> two.mean(graph, z, y)).getMessage();
    assertTrue(message.contains("2 class weights") && message.contains("3"), message);
  }
}
