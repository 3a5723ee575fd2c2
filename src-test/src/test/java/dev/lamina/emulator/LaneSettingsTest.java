package dev.lamina.emulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.op.AdamStep;
import dev.lamina.op.Clock;
import dev.lamina.op.Gemm;
import dev.lamina.op.Op;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Steps whose weight gradients and updates run beside the chain: the same bits on one lane or
 * several, in every order that CUDA allows within a step and from step to step.
 */
class LaneSettingsTest extends EmulatedDevice {
  private static final String LANES = "lamina.cuda.lanes";
  private static final String PRIORITIES = "lamina.cuda.priorities";

  /** One to warm up, a graph of eight steps, single ones. */
  private static final int STEPS = 11;

  private static final int LAYERS = 3;
  private static final TensorType MATRIX = TensorType.of(DType.FP32, 12, 12);
  private static final TensorType FLAT = TensorType.of(DType.FP32, 144);

  private final List<Call> calls = new ArrayList<>();
  private Memory memory;
  private long at;

  @AfterEach
  void clear() {
    System.clearProperty(LANES);
    System.clearProperty(PRIORITIES);
  }

  private Operand place(TensorType type) {
    Operand operand = new Operand(memory, at, type);
    at += Operand.aligned(type.bytes());
    return operand;
  }

  private Operand random(Random random) {
    float[] values = new float[(int) MATRIX.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.1 * random.nextGaussian());
    }
    Operand operand = place(MATRIX);
    memory.write(operand.offset(), MemorySegment.ofArray(values));
    return operand;
  }

  private Operand zeros() {
    Operand operand = place(FLAT);
    memory.write(operand.offset(), MemorySegment.ofArray(new float[(int) FLAT.size()]));
    return operand;
  }

  private Operand refusal() {
    Operand operand = place(Clock.REFUSAL);
    memory.write(operand.offset(), MemorySegment.ofArray(new double[3]));
    return operand;
  }

  private Operand add(Op op, Operand... inputs) {
    Operand output = place(MATRIX);
    calls.add(new Call("call " + calls.size(), op, List.of(inputs), List.of(output)));
    return output;
  }

  /** Layers without activations, each with its gradients and its update; the weights. */
  private List<Operand> step() {
    Random random = new Random(1);
    Operand hyper = place(Clock.HYPER);
    memory.write(hyper.offset(), MemorySegment.ofArray(new double[] {0.01, 0.1, 0.001, 0, 1}));
    List<Operand> weights = new ArrayList<>();
    List<Operand> outputs = new ArrayList<>(List.of(random(random)));
    for (int i = 0; i < LAYERS; i++) {
      weights.add(random(random));
      outputs.add(add(Gemm.of(false, true), outputs.get(i), weights.get(i)));
    }
    Operand gradient = outputs.get(LAYERS);
    for (int i = LAYERS - 1; i >= 0; i--) {
      Operand dW = add(Gemm.of(true, false), gradient, outputs.get(i));
      if (i > 0) {
        gradient = add(Gemm.of(false, false), gradient, weights.get(i));
      }
      Operand p = new Operand(memory, weights.get(i).offset(), FLAT);
      Operand g = new Operand(memory, dW.offset(), FLAT);
      List<Operand> operands = List.of(p, g, hyper, refusal(), zeros(), zeros());
      calls.add(
          new Call(
              "update " + i, new AdamStep(0.9, 0.999, 1e-8, 0, false, 0), operands, List.of()));
    }
    return weights;
  }

  private double[] train(int lanes, boolean priorities) {
    System.setProperty(LANES, Integer.toString(lanes));
    System.setProperty(PRIORITIES, Boolean.toString(priorities));
    calls.clear();
    at = 0;
    double[] result = new double[LAYERS * (int) MATRIX.size()];
    try (Backend backend = SmallTraining.openCuda()) {
      memory = backend.allocate("step", 1 << 17);
      List<Operand> weights = step();
      try (Executable executable = backend.compile("step", calls)) {
        executable.run(STEPS);
        for (int i = 0; i < LAYERS; i++) {
          float[] values = new float[(int) MATRIX.size()];
          memory.read(weights.get(i).offset(), MemorySegment.ofArray(values));
          for (int k = 0; k < values.length; k++) {
            result[i * values.length + k] = values[k];
          }
        }
      }
    }
    assertEquals(List.of(), emulator.findings());
    assertEquals("", emulator.live());
    return result;
  }

  @Test
  void theSameBitsOnAnyNumberOfLanes() {
    double[] expected = train(1, true);
    assertTrue(expected[0] != 0 && Double.isFinite(expected[0]));
    for (String schedule : List.of("lazy", "eager", "random")) {
      for (int lanes = 1; lanes <= 4; lanes++) {
        emulator.reset();
        emulator.set("schedule", schedule);
        emulator.set("seed", lanes);
        assertArrayEquals(expected, train(lanes, true), schedule + ", " + lanes + " lanes");
      }
    }
  }

  /** The update of the first layer ends the chain; the others are beside it. */
  @Test
  void updatesBesideTheChainYield() {
    train(4, true);
    long nodes = emulator.counter("graph_nodes");
    long steps = 8 + 1;
    assertEquals(steps * calls.size(), nodes);
    assertEquals(nodes - steps * (LAYERS - 1), emulator.counter("graph_urgent_nodes"));
    emulator.reset();
    train(4, false);
    assertEquals(nodes, emulator.counter("graph_nodes"));
    assertEquals(0, emulator.counter("graph_urgent_nodes"));
  }
}
