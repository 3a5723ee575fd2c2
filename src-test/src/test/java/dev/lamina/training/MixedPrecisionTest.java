package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.data.Digits;
import dev.lamina.graph.Node;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Dropout;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmBiasGradient;
import dev.lamina.optim.Adam;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import dev.lamina.optim.Sgd;
import dev.lamina.suite.BackendVariant;
import dev.lamina.suite.BackendVariants;
import dev.lamina.train.DeviceData;
import dev.lamina.train.NonFiniteException;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Training with weights and activations of BF16 and parameters of FP32, on every backend. */
class MixedPrecisionTest {
  private static final int BATCH = 32;
  private static final int STEPS = 60;

  /**
   * Relative to the loss. Every stored number is off by up to 2⁻⁹ of its size; of the loss, a mean
   * of sums of many such numbers, the errors largely cancel, but every step carries them on.
   */
  private static final double AGAINST_FP32 = 0.05;

  /** Devices differ only where a sum falls on the other side of a tie: rarely, by one such step. */
  private static final double AGAINST_EACH_OTHER = 0.01;

  private static final Sequential NETWORK =
      new Sequential(new Linear(784, 32, Activation.RELU), new Dropout(0.1), new Linear(32, 10));

  private static double[] losses(Backend backend, boolean mixed, Optimizer optimizer) {
    Dataset digits = Digits.generate(320, 5);
    try (Model model = Model.create(NETWORK, 784, backend, 1);
        DeviceData data = DeviceData.upload(backend, digits, new SoftmaxCrossEntropy(), 10);
        TrainingStep step =
            TrainingStep.of(model)
                .optimizer(optimizer)
                .batchSize(BATCH)
                .data(data)
                .mixed(mixed)
                .build()) {
      return LossCurve.of(step, STEPS);
    }
  }

  /** The loss follows that of FP32 and of every other backend, but is not the same. */
  @TestFactory
  Stream<DynamicTest> theLossFollowsThatOfFp32() {
    BackendVariant cpu = BackendVariants.cpu(2).getFirst();
    double[] full;
    double[] mixed;
    try (Backend backend = cpu.open().get()) {
      full = losses(backend, false, new Adam(0.001));
      mixed = losses(backend, true, new Adam(0.001));
    }
    return BackendVariants.onEachOpen(backend -> {
      double[] found = losses(backend, true, new Adam(0.001));
      double fromFull = LossCurve.worst(full, found);
      double fromCpu = LossCurve.worst(mixed, found);
      System.out.printf(
          "bf16 loss curve on %s: off fp32 by at most %.1e, off the CPU's bf16 by %.1e%n",
          backend.device().id(), fromFull, fromCpu);
      assertTrue(fromFull > 1e-5, "nothing was rounded to BF16");
      assertEquals(0, fromFull, AGAINST_FP32);
      assertEquals(0, fromCpu, AGAINST_EACH_OTHER);
      assertTrue(found[STEPS - 1] < 0.8 * found[0], "it should have learned something");
    });
  }

  /** After every step, by every optimizer, what is computed with are the parameters, rounded. */
  @TestFactory
  Stream<DynamicTest> theCopyIsTheParametersRounded() {
    return BackendVariants.onEachOpen(backend -> {
      for (Optimizer optimizer :
          List.of(new Adam(0.01), new Sgd(0.1), new Sgd(Schedule.constant(0.1), 0.9, false, 0))) {
        try (Model model = Model.create(new Sequential(new Linear(6, 3)), 6, backend, 1);
            TrainingStep step =
                TrainingStep.of(model)
                    .optimizer(optimizer)
                    .batchSize(4)
                    .mixed(true)
                    .keep("output")
                    .build()) {
          float[] x = new float[4 * 6];
          for (int i = 0; i < x.length; i++) {
            x[i] = i % 5 - 2;
          }
          step.feed(MemorySegment.ofArray(x), MemorySegment.ofArray(new int[] {0, 1, 2, 1}));
          double[] before = Networks.parameters(model);
          for (int i = 0; i < 3; i++) {
            step.run();
            for (String name : List.of("0.weight", "0.bias")) {
              double[] exact = Networks.read(model, model.layout().get(name));
              assertArrayEquals(rounded(exact), step.program().readFloats(name), name);
            }
          }
          assertTrue(before[0] != Networks.parameters(model)[0], "the step changed nothing");

          // What the host writes counts from the next step on.
          float[] written = new float[18];
          Arrays.fill(written, 0.3f);
          model.write("0.weight", MemorySegment.ofArray(written));
          model.write("0.bias", MemorySegment.ofArray(new float[] {1, 2, 3}));
          step.run();
          float sum = (-2 - 1 + 0 + 1 + 2 - 2) * BFloat16.toFloat(BFloat16.of(0.3f));
          float expected = BFloat16.toFloat(BFloat16.of(1 + sum));
          assertEquals(expected, step.program().readFloats("output")[0], 0.02f);
        }
      }
    });
  }

  private static float[] rounded(double[] exact) {
    float[] rounded = new float[exact.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = BFloat16.toFloat(BFloat16.of((float) exact[i]));
    }
    return rounded;
  }

  /** Gradients of parameters are never rounded to BF16: the casts go into the products. */
  @TestFactory
  Stream<DynamicTest> weightGradientsStayInFp32() {
    return BackendVariants.onEachOpen(backend -> {
      try (Model model = Model.create(NETWORK, 784, backend, 1);
          DeviceData data =
              DeviceData.upload(backend, Digits.generate(64, 5), new SoftmaxCrossEntropy(), 10)) {
        List<Node> nodes =
            TrainingStep.of(model).batchSize(8).data(data).mixed(true).plan().nodes();
        assumeTrue(backend.fuses(Gemm.of(true, false).widened()), "it fuses nothing");
        assertEquals(
            0,
            nodes.stream().filter(n -> Elementwise.isCast(n.op(), DType.BF16, DType.FP32)).count());
        long wide =
            nodes.stream()
                .filter(n ->
                    n.op() instanceof Gemm g && g.wide()
                        || n.op() instanceof GemmBiasGradient both && both.wide())
                .count();
        assertEquals(2, wide);
      }
    });
  }

  /** Features that are stored as BF16, on the device or in the ring, are what the gather makes. */
  @TestFactory
  Stream<DynamicTest> featuresRoundedBeforehandGiveTheSameBits() {
    Dataset data = Networks.blobs(53, 6, 3, 4);
    Loss loss = new SoftmaxCrossEntropy();
    return BackendVariants.onEachOpen(backend -> {
      double[] expected = losses(DeviceData.upload(backend, data, loss, 3), backend);
      DeviceData onDevice = DeviceData.upload(backend, data, loss, 3, DType.BF16);
      assertArrayEquals(expected, losses(onDevice, backend));
      DeviceData streamed = DeviceData.stream(backend, data, loss, 3, DType.BF16, 500);
      assertArrayEquals(expected, losses(streamed, backend));
    });
  }

  private static double[] losses(DeviceData opened, Backend backend) {
    Sequential network = new Sequential(new Linear(6, 9, Activation.RELU), new Linear(9, 3));
    try (DeviceData data = opened;
        Model model = Model.create(network, 6, backend, DType.FP32, 1);
        TrainingStep step = TrainingStep.of(model).batchSize(16).data(data).mixed(true).build()) {
      return LossCurve.of(step, 20);
    }
  }

  @TestFactory
  Stream<DynamicTest> theSameSeedGivesTheSameBits() {
    return BackendVariants.onEachOpen(backend ->
        assertArrayEquals(
            losses(backend, true, new Sgd(0.05)), losses(backend, true, new Sgd(0.05))));
  }

  @TestFactory
  Stream<DynamicTest> aLossThatIsNotFiniteIsTraced() {
    return BackendVariants.onEachOpen(backend -> {
      try (Model model = Model.create(NETWORK, 784, backend, 1);
          TrainingStep step = TrainingStep.of(model).batchSize(2).mixed(true).build()) {
        float[] weight = new float[320];
        weight[33] = Float.NaN;
        model.write("2.weight", MemorySegment.ofArray(weight));
        step.feed(MemorySegment.ofArray(new float[2 * 784]), MemorySegment.ofArray(new int[2]));
        step.run();
        NonFiniteException error = assertThrows(NonFiniteException.class, step::losses);
        assertEquals("2.weight", error.where());
        assertEquals(0, Networks.read(model, model.layout().get("2.bias"))[0]);
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> onlyModelsOfFp32CanBeTrainedSo() {
    return BackendVariants.onEachOpen(backend -> {
      try (Model model =
          Model.create(new Sequential(new Linear(6, 3)), 6, backend, DType.FP64, 1)) {
        LaminaException error =
            assertThrows(LaminaException.class, () -> TrainingStep.of(model).mixed(true));
        assertTrue(error.getMessage().contains("expected a model of FP32"), error.getMessage());
      }
    });
  }
}
