package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Precision;
import dev.lamina.data.Digits;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.optim.Adam;
import dev.lamina.train.DeviceData;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * cuBLASLt's epilogues across a layer's forward and backward pass, on the emulator: ReLU with its
 * mask, GELU with its pre-activation, and what happens where they cannot be had.
 */
class CudaEpiloguesTest extends EmulatedProducts {

  private static final int[] ODD = LayerPair.SHAPES[1];
  private static final int[] EVEN = LayerPair.SHAPES[4];

  @ParameterizedTest
  @EnumSource(
      value = Activation.class,
      names = {"RELU", "GELU"})
  void everyWayGivesTheSame(Activation activation) {
    for (BackendOptions options : List.of(MEASURED, FIRST)) {
      for (DType dtype : List.of(DType.FP32, DType.BF16)) {
        for (int[] shape : LayerPair.SHAPES) {
          for (boolean bias : new boolean[] {false, true}) {
            try (LayerPair pair = pair(options, activation, dtype, bias, shape)) {
              pair.checkThroughout();
            }
          }
        }
      }
    }
  }

  private static LayerPair pair(
      BackendOptions options, Activation activation, DType dtype, boolean bias, int... shape) {
    return new LayerPair(Backends.open("cuda", options), activation, dtype, bias, shape);
  }

  /** How many kernels and library functions one run starts, which is right. */
  private List<Long> started(LayerPair pair) {
    return started(pair::check);
  }

  private List<Long> started(BackendOptions options, Activation activation, int... shape) {
    return started(options, activation, DType.FP32, shape);
  }

  private List<Long> started(
      BackendOptions options, Activation activation, DType dtype, int... shape) {
    try (LayerPair pair = pair(options, activation, dtype, true, shape)) {
      return started(pair);
    }
  }

  private static final List<Long> FUSED = List.of(0L, 2L);

  @Test
  void aLayerAndItsGradientAreOneCallEach() {
    assertEquals(FUSED, started(MEASURED, Activation.RELU, EVEN));
    assertEquals(FUSED, started(MEASURED, Activation.RELU, ODD), "a mask fits any width");
    assertEquals(FUSED, started(MEASURED, Activation.GELU, EVEN));
    assertEquals(FUSED, started(FIRST, Activation.GELU, DType.BF16, EVEN));
    assertNotEquals(FUSED, started(FIRST, Activation.GELU, EVEN), "how exact it is is unknown");
    assertNotEquals(FUSED, started(FIRST, Activation.RELU, EVEN), "what it does to 0 is unknown");
    // 7 is no multiple of 8: bias within the product, GELU and its gradient by a kernel each.
    assertEquals(List.of(2L, 2L), started(MEASURED, Activation.GELU, ODD));
  }

  @Test
  void aMaskMustBeRightWhereNumbersEnd() {
    for (String setting : List.of("", "relu_keeps_nan", "relu_mask_at_zero")) {
      System.setProperty(CACHE_PROPERTY, cache.resolve("with " + setting).toString());
      emulator.reset();
      if (!setting.isEmpty()) {
        emulator.set(setting, true);
      }
      try (LayerPair pair = pair(MEASURED, Activation.RELU, DType.FP32, true, EVEN)) {
        assertEquals(!setting.equals("relu_mask_at_zero"), FUSED.equals(started(pair)), setting);
        for (double special : new double[] {0, Double.NaN}) {
          double[] row = new double[EVEN[1]];
          Arrays.fill(row, special);
          pair.bias(row);
          pair.input(new double[EVEN[0] * EVEN[2]]);
          pair.check();
        }
      }
    }
  }

  /** What is compared with a mask is measured once, be the mask taken or not. */
  @Test
  void whatIsMeasuredForTheMaskIsNotMeasuredAgain() {
    emulator.set("relu_mask_at_zero", true);
    long before = emulator.counter("captures");
    try (LayerPair pair = pair(MEASURED, Activation.RELU, DType.FP32, true, EVEN)) {
      // cuBLASLt's 4 algorithms for the layer with and without its epilogue, for the gradient and
      // for the layer with a mask, and cuBLAS for the layer and the gradient. Only what seems to
      // take long is measured without a capture.
      long captures = emulator.counter("captures") - before;
      assertTrue(captures > 0 && captures <= 4 * 4 + 2, () -> captures + " captures");
      pair.check();
    }
  }

  @Test
  void aCoarseGeluIsForBf16Only() {
    emulator.set("gelu_is_coarse", true);
    assertNotEquals(FUSED, started(MEASURED, Activation.GELU, EVEN));
    assertEquals(FUSED, started(MEASURED, Activation.GELU, DType.BF16, EVEN));
    BackendOptions tf32 = MEASURED.withPrecision(Precision.TF32);
    try (LayerPair pair = pair(tf32, Activation.GELU, DType.FP32, true, EVEN)) {
      assertEquals(FUSED, started(pair::run), "as coarse as the factors");
    }
  }

  @Test
  void withoutCublasLtKernelsDoIt() {
    emulator.set("unsupported", "cublasLtMatmulAlgoGetHeuristic");
    for (Activation activation : List.of(Activation.RELU, Activation.GELU)) {
      try (LayerPair pair = pair(MEASURED, activation, DType.BF16, true, EVEN)) {
        assertNotEquals(FUSED, started(pair));
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
    try (LayerPair pair = pair(MEASURED, activation, DType.FP32, true, EVEN)) {
      long calls = emulator.counter("library_calls") - before;
      assertEquals(FUSED, started(pair));
      return calls;
    }
  }

  @Test
  void aMaskIsMemoryOfTheKernels() {
    long workspace;
    try (LayerPair pair = pair(MEASURED, Activation.RELU, DType.FP32, true, EVEN)) {
      workspace = pair.workspaceBytes();
    }
    // Where there is none left for it, the pair is computed without.
    Runnable scarcity = () -> emulator.set("fail_allocation", 0);
    Backend backend = Backends.open("cuda", MEASURED);
    try (LayerPair pair =
        new LayerPair(backend, scarcity, Activation.RELU, DType.FP32, true, EVEN)) {
      assertNotEquals(FUSED, started(pair));
      assertEquals(EVEN[0] * EVEN[1] / Byte.SIZE, workspace - pair.workspaceBytes());
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
            DeviceData.upload(backend, Digits.generate(128, 5), new SoftmaxCrossEntropy(), 10);
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
