package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.data.Digits;
import dev.lamina.emulator.CudaEmulator;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradientBias;
import dev.lamina.op.LossFunction;
import dev.lamina.op.Op;
import dev.lamina.optim.Adam;
import dev.lamina.oracle.Expected;
import dev.lamina.oracle.Oracle;
import dev.lamina.oracle.Value;
import dev.lamina.train.DeviceData;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * cuBLASLt's epilogues across a layer's forward and backward pass, on the emulator: ReLU with its
 * mask, GELU with its pre-activation, and what happens where they cannot be had.
 */
class CudaEpiloguesTest {
  private static final String CACHE_PROPERTY = "lamina.cache";
  private static final BackendOptions MEASURED = BackendOptions.DEFAULT;
  private static final BackendOptions FIRST = BackendOptions.DEFAULT.withAutotune(false);

  /** m, n, k of the layer, and the width of the layer above. */
  private static final int[][] SHAPES = {
    {1, 1, 1, 1}, {5, 7, 3, 4}, {16, 8, 5, 3}, {33, 130, 17, 9}, {40, 256, 32, 10}
  };

  private static final int[] EVEN = SHAPES[4];

  @TempDir Path cache;

  private CudaEmulator emulator;
  private String cacheBefore;

  @BeforeEach
  void start() {
    emulator = CudaEmulator.orSkip();
    emulator.reset();
    emulator.enableBackend();
    cacheBefore = System.setProperty(CACHE_PROPERTY, cache.toString());
  }

  @AfterEach
  void end() {
    if (emulator == null) {
      return;
    }
    if (cacheBefore == null) {
      System.clearProperty(CACHE_PROPERTY);
    } else {
      System.setProperty(CACHE_PROPERTY, cacheBefore);
    }
    List<String> findings = emulator.findings();
    String live = emulator.live();
    emulator.reset();
    assertEquals(List.of(), findings);
    assertEquals("", live);
  }

  /** A layer, and the gradient that comes down to it from the layer above. */
  private final class Pair implements AutoCloseable {
    private final SplittableRandom random = new SplittableRandom(1);
    private final Backend backend;
    private final Memory memory;
    private final Executable executable;
    private final List<Call> calls = new ArrayList<>();
    private final Operand x;
    private final Operand b;
    private final Operand above;
    private long end;

    Pair(BackendOptions options, Activation activation, DType dtype, boolean wide, int... s) {
      this(() -> {}, options, activation, dtype, wide, s);
    }

    Pair(
        Runnable beforeCompiling,
        BackendOptions options,
        Activation activation,
        DType dtype,
        boolean wide,
        int... s) {
      backend = Backends.open("cuda", options);
      memory = backend.allocate("pair", 1 << 20);
      x = sampled(TensorType.of(dtype, s[0], s[2]));
      Operand w = sampled(TensorType.of(dtype, s[1], s[2]));
      b = sampled(TensorType.of(dtype, s[1]));
      above = sampled(TensorType.of(dtype, s[0], s[3]));
      Operand wAbove = sampled(TensorType.of(dtype, s[3], s[1]));
      Gemm plain = Gemm.of(false, true).withBias().with(activation);
      List<Operand> layer = add(activation.ofInput() ? plain.withPreactivation() : plain, x, w, b);
      add(new GemmActivateGradientBias(activation, wide), above, wAbove, layer.getLast());
      beforeCompiling.run();
      executable = backend.compile("pair", calls);
    }

    private Operand place(TensorType type) {
      Operand operand = new Operand(memory, end, type);
      end += Operand.aligned(type.bytes());
      return operand;
    }

    private Operand sampled(TensorType type) {
      Operand operand = place(type);
      put(operand, Samplers.NORMAL.sample(type, random));
      return operand;
    }

    private List<Operand> add(Op op, Operand... inputs) {
      List<Operand> outputs =
          op.infer(Arrays.stream(inputs).map(Operand::type).toList()).stream()
              .map(this::place)
              .toList();
      calls.add(new Call("call " + calls.size(), op, List.of(inputs), outputs));
      return outputs;
    }

    void put(Operand operand, Value value) {
      byte[] bytes = new byte[Math.toIntExact(operand.type().bytes())];
      Elements.encode(value, bytes, 0);
      memory.write(operand.offset(), MemorySegment.ofArray(bytes));
    }

    private Value get(Operand operand) {
      byte[] bytes = new byte[Math.toIntExact(operand.type().bytes())];
      memory.read(operand.offset(), MemorySegment.ofArray(bytes));
      return Elements.decode(operand.type(), bytes, 0);
    }

    /** Runs and compares each call with the oracle, given what the calls before it left. */
    void check() {
      executable.run();
      for (Call call : calls) {
        List<Value> inputs = call.inputs().stream().map(this::get).toList();
        List<Expected> expected = Oracle.run(call.op(), inputs).outputs();
        for (int i = 0; i < expected.size(); i++) {
          Value found = get(call.outputs().get(i));
          assertNull(Comparison.mismatch(expected.get(i), found), call + " output " + i);
        }
      }
    }

    /** How many kernels and library functions one run starts. */
    List<Long> started() {
      long launches = emulator.counter("launches");
      long functions = emulator.counter("library_calls");
      check();
      return List.of(
          emulator.counter("launches") - launches, emulator.counter("library_calls") - functions);
    }

    /** The first run, a capture, replays, other numbers. */
    void checkThroughout() {
      for (int run = 0; run < 3; run++) {
        check();
        put(x, Samplers.NORMAL.sample(x.type(), random));
        put(above, Samplers.NORMAL.sample(above.type(), random));
      }
      // cuBLASLt's gradient of GELU need not know the limits at infinity.
      double[] biases = Samplers.SPECIAL_TERMS.sample(b.type(), random).data();
      boolean limited = calls.getFirst().outputs().size() > 1;
      Arrays.setAll(biases, i -> limited && Math.abs(biases[i]) > 1e3 ? Double.NaN : biases[i]);
      put(b, new Value(b.type(), biases));
      check();
    }

    @Override
    public void close() {
      executable.close();
      memory.close();
      backend.close();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Activation.class,
      names = {"RELU", "GELU"})
  void everyWayGivesTheSame(Activation activation) {
    for (BackendOptions options : List.of(MEASURED, FIRST)) {
      for (DType dtype : List.of(DType.FP32, DType.BF16)) {
        for (int[] shape : SHAPES) {
          for (boolean wide : new boolean[] {false, true}) {
            if (!wide || dtype == DType.BF16) {
              try (Pair pair = new Pair(options, activation, dtype, wide, shape)) {
                pair.checkThroughout();
              }
            }
          }
        }
      }
    }
  }

  private List<Long> started(BackendOptions options, Activation activation, int... shape) {
    try (Pair pair = new Pair(options, activation, DType.FP32, false, shape)) {
      return pair.started();
    }
  }

  private static final List<Long> FUSED = List.of(0L, 2L);

  @Test
  void aLayerAndItsGradientAreOneCallEach() {
    assertEquals(FUSED, started(MEASURED, Activation.RELU, EVEN));
    assertEquals(FUSED, started(MEASURED, Activation.RELU, SHAPES[1]), "a mask fits any width");
    assertEquals(FUSED, started(MEASURED, Activation.GELU, EVEN));
    assertEquals(FUSED, started(FIRST, Activation.GELU, EVEN));
    assertNotEquals(FUSED, started(FIRST, Activation.RELU, EVEN), "what it does to NaN is unknown");
    // 7 is no multiple of 8: bias within the product, GELU and its gradient by a kernel each.
    assertEquals(List.of(2L, 2L), started(MEASURED, Activation.GELU, SHAPES[1]));
  }

  @Test
  void aMaskThatIsWrongWhereNumbersEndIsRefused() {
    for (String mistake : List.of("relu_drops_nan", "relu_mask_at_zero")) {
      emulator.set(mistake, true);
      try (Pair pair = new Pair(MEASURED, Activation.RELU, DType.FP32, false, EVEN)) {
        assertNotEquals(FUSED, pair.started(), mistake);
        for (double special : new double[] {0, Double.NaN}) {
          double[] row = new double[EVEN[1]];
          Arrays.fill(row, special);
          pair.put(pair.b, new Value(pair.b.type(), row));
          pair.put(pair.x, new Value(pair.x.type(), new double[EVEN[0] * EVEN[2]]));
          pair.check();
        }
      }
      emulator.set(mistake, false);
      System.setProperty(CACHE_PROPERTY, cache.resolve(mistake).toString());
    }
  }

  @Test
  void withoutCublasLtKernelsDoIt() {
    emulator.set("unsupported", "cublasLtMatmulAlgoGetHeuristic");
    for (Activation activation : List.of(Activation.RELU, Activation.GELU)) {
      try (Pair pair = new Pair(MEASURED, activation, DType.BF16, true, EVEN)) {
        assertNotEquals(FUSED, pair.started());
      }
    }
  }

  @Test
  void whatWasMeasuredIsKept() {
    for (Activation activation : List.of(Activation.RELU, Activation.GELU)) {
      assertTrue(callsToPrepare(activation) > 2, "the first run measures");
      assertEquals(0, callsToPrepare(activation), "the second run knows");
    }
  }

  private long callsToPrepare(Activation activation) {
    long before = emulator.counter("library_calls");
    try (Pair pair = new Pair(MEASURED, activation, DType.FP32, false, EVEN)) {
      long calls = emulator.counter("library_calls") - before;
      assertEquals(FUSED, pair.started());
      return calls;
    }
  }

  @Test
  void aMaskIsMemoryOfTheKernels() {
    long workspace;
    try (Pair pair = new Pair(MEASURED, Activation.RELU, DType.FP32, false, EVEN)) {
      workspace = pair.executable.workspaceBytes();
    }
    // Where there is none left for it, the pair is computed without.
    Runnable scarcity = () -> emulator.set("fail_allocation", 0);
    try (Pair pair = new Pair(scarcity, MEASURED, Activation.RELU, DType.FP32, false, EVEN)) {
      assertNotEquals(FUSED, pair.started());
      assertEquals(EVEN[0] * EVEN[1] / Byte.SIZE, workspace - pair.executable.workspaceBytes());
    }
  }

  @Test
  void trainingIsThatOfTheCpu() {
    double[] expected = losses(Backends.open("cpu", MEASURED));
    double[] found = losses(Backends.open("cuda", MEASURED));
    assertTrue(expected[expected.length - 1] < 0.9 * expected[0], "it should learn something");
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], 1e-5 * expected[i], "step " + i);
    }
  }

  private static double[] losses(Backend opened) {
    Sequential network =
        new Sequential(
            new Linear(784, 32, Activation.GELU),
            new Linear(32, 24, Activation.RELU),
            new Linear(24, 10));
    double[] losses = new double[20];
    try (Backend backend = opened;
        Model model = Model.create(network, 784, backend, 1);
        DeviceData data =
            DeviceData.upload(
                backend, Digits.generate(128, 5), LossFunction.SOFTMAX_CROSS_ENTROPY, 10);
        TrainingStep step =
            TrainingStep.of(model).optimizer(new Adam(0.003)).batchSize(32).data(data).build()) {
      for (int i = 0; i < losses.length; i++) {
        step.run();
        losses[i] = step.losses().last();
      }
    }
    return losses;
  }
}
