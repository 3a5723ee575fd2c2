package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Gemm;
import dev.lamina.oracle.Value;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A call that is executed at once gives the bits that it gives when it was compiled before. */
class ExecuteTest {
  @TestFactory
  Stream<DynamicTest> everyOperationGivesTheSameBits() {
    return BackendVariants.onEach(variant -> {
      try (Backend backend = variant.open().get()) {
        for (OpCase opCase : cases(variant)) {
          // Twice at once: the second finds what the first left behind.
          List<byte[]> compiled = run(backend, opCase, true);
          for (int i = 0; i < 2; i++) {
            List<byte[]> executed = run(backend, opCase, false);
            for (int operand = 0; operand < compiled.size(); operand++) {
              assertArrayEquals(compiled.get(operand), executed.get(operand), opCase::toString);
            }
          }
        }
      }
    });
  }

  /** Of each operation and type the smallest and the largest case. */
  private static List<OpCase> cases(BackendVariant variant) {
    Map<String, OpCase> smallest = new LinkedHashMap<>();
    Map<String, OpCase> largest = new LinkedHashMap<>();
    for (OpCase c : OpCases.all()) {
      if (variant.supports(c.dtype()) && c.inputSize() <= variant.largest()) {
        String key = c.op().label() + c.dtype();
        smallest.merge(key, c, (a, b) -> a.inputSize() <= b.inputSize() ? a : b);
        largest.merge(key, c, (a, b) -> a.inputSize() >= b.inputSize() ? a : b);
      }
    }
    List<OpCase> all = new ArrayList<>(largest.values());
    all.addAll(smallest.values());
    return all;
  }

  private static List<byte[]> run(Backend backend, OpCase opCase, boolean compiled) {
    List<TensorType> types = new ArrayList<>(opCase.types());
    types.addAll(opCase.outputs());
    try (Stage stage = new Stage(backend, Placement.ALIGNED, types)) {
      List<Operand> operands = new ArrayList<>();
      List<Value> inputs = opCase.inputs();
      for (int i = 0; i < types.size(); i++) {
        operands.add(stage.operand(i));
        if (i < inputs.size()) {
          stage.put(i, inputs.get(i));
        } else {
          stage.spoil(i);
        }
      }
      Call call =
          new Call(
              "case",
              opCase.op(),
              operands.subList(0, inputs.size()),
              operands.subList(inputs.size(), types.size()));
      stage.write();
      if (compiled) {
        try (Executable executable = backend.compile("case", List.of(call))) {
          executable.run();
        }
      } else {
        backend.execute(call);
      }
      return stage.read();
    }
  }

  /** What is kept of products between calls takes other operands, and is bounded. */
  @TestFactory
  Stream<DynamicTest> productsOfManyShapesTakeTheirOwnOperands() {
    return BackendVariants.onEach(variant -> {
      int shapes = variant.largest() == Long.MAX_VALUE ? 300 : 5;
      SplittableRandom random = new SplittableRandom(4);
      try (Backend backend = variant.open().get();
          Memory memory = backend.allocate("matrices", 3 << 16)) {
        for (int round = 0; round < 2; round++) {
          for (int n = 1; n <= shapes; n++) {
            product(backend, memory, n, 1 + n % 7, random);
          }
        }
      }
    });
  }

  private static void product(
      Backend backend, Memory memory, int n, int k, SplittableRandom random) {
    Operand a = put(memory, 0, random.ints((long) n * k, -4, 5).toArray(), n, k);
    Operand b = put(memory, 1 << 16, random.ints((long) k * 2, -4, 5).toArray(), k, 2);
    Operand d = new Operand(memory, 2 << 16, TensorType.of(DType.FP32, n, 2));
    backend.execute(new Call("product", Gemm.of(false, false), List.of(a, b), List.of(d)));
    float[] x = floats(a);
    float[] y = floats(b);
    float[] z = floats(d);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < 2; j++) {
        float sum = 0;
        for (int l = 0; l < k; l++) {
          sum += x[i * k + l] * y[l * 2 + j];
        }
        assertEquals(sum, z[2 * i + j], "product of " + n + " rows");
      }
    }
  }

  private static Operand put(Memory memory, long offset, int[] numbers, int rows, int columns) {
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers[i];
    }
    memory.write(offset, MemorySegment.ofArray(floats));
    return new Operand(memory, offset, TensorType.of(DType.FP32, rows, columns));
  }

  private static float[] floats(Operand operand) {
    float[] result = new float[(int) operand.type().size()];
    operand.memory().read(operand.offset(), MemorySegment.ofArray(result));
    return result;
  }

  /** Closed memory, closed devices and memory of others are refused as by a compilation. */
  @TestFactory
  Stream<DynamicTest> whatCannotBeUsedIsRefused() {
    return BackendVariants.onEach(
        BackendVariants.cpu(2),
        variant -> {
          TensorType type = TensorType.of(DType.FP32, 4);
          Backend backend = variant.open().get();
          try (Backend other = variant.open().get()) {
            Operand own = new Operand(backend.allocate("own", 16), 0, type);
            Operand foreign = new Operand(other.allocate("foreign", 16), 0, type);
            Memory closed = backend.allocate("closed", 16);
            Operand lost = new Operand(closed, 0, type);
            closed.close();
            for (Operand wrong : List.of(foreign, lost)) {
              Call call =
                  new Call("c", Elementwise.scale(2).on(type), List.of(own), List.of(wrong));
              IllegalArgumentException error =
                  assertThrows(IllegalArgumentException.class, () -> backend.execute(call));
              assertTrue(error.getMessage().contains(wrong.memory().label()), error.getMessage());
            }
            Call right = new Call("c", Elementwise.scale(2).on(type), List.of(own), List.of(own));
            backend.execute(right);
            backend.close();
            assertThrows(IllegalStateException.class, () -> backend.execute(right));
          }
        });
  }
}
