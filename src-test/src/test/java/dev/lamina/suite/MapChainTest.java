package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lamina.backend.Backend;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.program.Program;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Maps that a program makes one of give the bits of maps one after the other. */
class MapChainTest {
  @TestFactory
  Stream<DynamicTest> fusingChangesNoBit() {
    return BackendVariants.onEachOpen(backend -> {
      for (DType dtype : CaseList.FLOATING) {
        assertArrayEquals(run(backend, dtype, true), run(backend, dtype, false), dtype.name());
      }
    });
  }

  /** The result, with every value between asked for or not. */
  private static float[] run(Backend backend, DType dtype, boolean keep) {
    Graph graph = new Graph();
    Value x = graph.input("x", TensorType.of(DType.FP32, 7, 100)).cast(dtype);
    Value row = graph.input("row", TensorType.of(DType.FP32, 100)).cast(dtype);
    Value column = graph.input("column", TensorType.of(DType.FP32, 7, 1)).cast(dtype);
    List<Value> steps = new ArrayList<>();
    steps.add(x.add(row));
    steps.add(steps.getLast().tanh());
    steps.add(steps.getLast().multiply(column));
    steps.add(steps.getLast().affine(0.3, -2.5));
    steps.add(steps.getLast().abs().negate());
    steps.add(steps.getLast().exp());
    steps.add(x.subtract(steps.getLast()).gelu());
    Value result = graph.name(steps.getLast().cast(DType.FP32), "result");
    graph.keep(result);
    if (keep) {
      steps.forEach(graph::keep);
    }
    SplittableRandom random = new SplittableRandom(1);
    try (Program program = Program.compile("chain", graph, backend, Map.of())) {
      for (String name : List.of("x", "row", "column")) {
        TensorType type = graph.find(name).type();
        double[] numbers = Samplers.NORMAL.sample(type, random).data();
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = (float) numbers[i];
        }
        program.write(name, floats);
      }
      program.run();
      return program.readFloats("result");
    }
  }
}
