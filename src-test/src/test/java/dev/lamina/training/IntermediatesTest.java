package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameter;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.optim.Sgd;
import dev.lamina.program.Program;
import dev.lamina.suite.BackendVariant;
import dev.lamina.suite.BackendVariants;
import dev.lamina.train.TrainingStep;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Any intermediate can be kept and read by name, and agrees with the formulas. */
class IntermediatesTest {
  private static final int BATCH = 6;

  @TestFactory
  Stream<DynamicTest> activationsPreactivationsDeltasAndGradients() {
    return BackendVariants.onEach(this::check);
  }

  private void check(BackendVariant variant) {
    Sequential network = new Sequential(new Linear(5, 8, Activation.RELU), new Linear(8, 3));
    float[] x = new float[BATCH * 5];
    Random random = new Random(1);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    int[] y = {0, 1, 2, 0, 1, 2};
    try (Backend backend = variant.open().get();
        Model model = Model.create(network, 5, backend, 4);
        TrainingStep step =
            TrainingStep.of(model)
                .optimizer(new Sgd(0))
                .batchSize(BATCH)
                .keep(
                    "0.preactivation",
                    "0.output",
                    "1.output",
                    "grad(0.preactivation)",
                    "grad(1.output)",
                    "grad(input)",
                    "loss")
                .build()) {
      step.feed(MemorySegment.ofArray(x), MemorySegment.ofArray(y));
      step.run();
      Program program = step.program();
      float[] z = program.readFloats("0.preactivation");
      float[] f = program.readFloats("0.output");
      float[] logits = program.readFloats("1.output");
      float[] dLogits = program.readFloats("grad(1.output)");
      float[] dZ = program.readFloats("grad(0.preactivation)");
      double[] w0 = parameter(model, "0.weight");
      double[] w1 = parameter(model, "1.weight");
      double loss = 0;
      for (int i = 0; i < BATCH; i++) {
        double sum = 0;
        for (int k = 0; k < 3; k++) {
          sum += Math.exp(logits[3 * i + k]);
        }
        loss += (Math.log(sum) - logits[3 * i + y[i]]) / BATCH;
        for (int k = 0; k < 3; k++) {
          double mu = Math.exp(logits[3 * i + k]) / sum;
          assertEquals((mu - (y[i] == k ? 1 : 0)) / BATCH, dLogits[3 * i + k], 1e-6);
        }
        for (int j = 0; j < 8; j++) {
          assertEquals(Math.max(0, z[8 * i + j]), f[8 * i + j]);
          double dF = 0;
          for (int k = 0; k < 3; k++) {
            dF += dLogits[3 * i + k] * w1[8 * k + j];
          }
          assertEquals(z[8 * i + j] > 0 ? dF : 0, dZ[8 * i + j], 1e-6);
        }
      }
      assertEquals(loss, program.readFloats("loss")[0], 1e-5);
      float[] dW0 = program.readFloats("grad(0.weight)");
      float[] db0 = program.readFloats("grad(0.bias)");
      float[] dX = program.readFloats("grad(input)");
      for (int j = 0; j < 8; j++) {
        double db = 0;
        for (int i = 0; i < BATCH; i++) {
          db += dZ[8 * i + j];
        }
        assertEquals(db, db0[j], 1e-6);
        for (int k = 0; k < 5; k++) {
          double dW = 0;
          for (int i = 0; i < BATCH; i++) {
            dW += dZ[8 * i + j] * x[5 * i + k];
          }
          assertEquals(dW, dW0[5 * j + k], 1e-6);
        }
      }
      for (int i = 0; i < BATCH; i++) {
        for (int k = 0; k < 5; k++) {
          double d = 0;
          for (int j = 0; j < 8; j++) {
            d += dZ[8 * i + j] * w0[5 * j + k];
          }
          assertEquals(d, dX[5 * i + k], 1e-6);
        }
      }
      assertArrayEquals(x, program.readFloats("input"));
      refuses(program, model);
    }
  }

  private static void refuses(Program program, Model model) {
    IllegalArgumentException unknown =
        assertThrows(IllegalArgumentException.class, () -> program.readFloats("7.output"));
    assertTrue(unknown.getMessage().contains("0.output"), unknown::getMessage);
    IllegalArgumentException dropped =
        assertThrows(IllegalArgumentException.class, () -> program.readFloats("grad(0.output)"));
    assertTrue(dropped.getMessage().contains("keep it"), dropped::getMessage);
    assertThrows(
        IllegalArgumentException.class, () -> TrainingStep.of(model).keep("no such value").build());
  }

  private static double[] parameter(Model model, String name) {
    Parameter parameter = model.layout().get(name);
    return Networks.read(model, parameter);
  }
}
