package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.op.CountCorrect;
import dev.lamina.op.LossFunction;
import dev.lamina.op.LossGradient;
import dev.lamina.op.LossWithGradient;
import dev.lamina.op.MeanLoss;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LossKernelsTest {
  private static final int[][] SHAPES = {{1, 1}, {13, 2}, {128, 10}, {1000, 10}, {70, 1000}};

  private static final List<DType> FLOATS = List.of(DType.FP32, DType.FP64);

  /** Targets as the operation takes them, and as the reference does. */
  private record Targets(TensorType type, double[] given, double[] probabilities) {}

  private static List<Targets> targets(LossFunction function, DType dtype, int m, int n) {
    TensorType same = TensorType.of(dtype, m, n);
    double[] random = Samples.uniform((long) m * n, 0, 1, 1);
    if (function != LossFunction.SOFTMAX_CROSS_ENTROPY) {
      return List.of(new Targets(same, random, random));
    }
    double[] classes = Samples.integers(m, 0, n, 2);
    double[] oneHot = Reference.oneHot(classes, n);
    return List.of(
        new Targets(TensorType.of(DType.INT32, m), classes, oneHot),
        new Targets(same, oneHot, oneHot),
        new Targets(same, random, random));
  }

  @ParameterizedTest
  @EnumSource
  void losses(LossFunction function) {
    for (DType dtype : FLOATS) {
      for (int[] s : SHAPES) {
        for (Targets y : targets(function, dtype, s[0], s[1])) {
          double[] z = Samples.normal((long) s[0] * s[1], 4, 3);
          check(function, dtype, s[0], s[1], z, y);
          z[z.length / 2] = 2000;
          check(function, dtype, s[0], s[1], z, y);
          z[z.length / 2] = Double.NaN;
          check(function, dtype, s[0], s[1], z, y);
        }
      }
    }
  }

  @Test
  void classNumbersOutOfRangeGiveNaN() {
    for (DType dtype : FLOATS) {
      double[] classes = Samples.integers(50, 0, 10, 2);
      classes[7] = 10;
      classes[20] = -1;
      Targets y =
          new Targets(TensorType.of(DType.INT32, 50), classes, Reference.oneHot(classes, 10));
      double[] z = Samples.normal(500, 4, 3);
      check(LossFunction.SOFTMAX_CROSS_ENTROPY, dtype, 50, 10, z, y);
    }
  }

  private static void check(
      LossFunction function, DType dtype, int m, int n, double[] z, Targets y) {
    double[] dz = new double[m * n];
    double[] loss = {Reference.loss(function, 1, z, y.probabilities(), dz, m, n)};
    double[] scaled = new double[m * n];
    Reference.loss(function, -2.5, z, y.probabilities(), scaled, m, n);
    TensorType type = TensorType.of(dtype, m, n);
    List<TensorType> types = List.of(type, y.type());
    List<double[]> values = List.of(z, y.given());
    double scale =
        (double) n
            / (function == LossFunction.SOFTMAX_CROSS_ENTROPY ? m : m * n)
            * (function == LossFunction.MEAN_SQUARED_ERROR ? 8 : 1);
    for (Kernels kernels : KernelRunner.ALL) {
      String what =
          kernels.getClass().getSimpleName() + " " + function + type + " with " + y.type();
      List<double[]> both =
          KernelRunner.run(kernels, new LossWithGradient(function), types, values).outputs();
      KernelRunner.assertClose(what + " dz", dtype, 4, scale, dz, both.get(0));
      KernelRunner.assertClose(what + " loss", dtype, 64, 4 * n, loss, both.get(1));
      double[] alone =
          KernelRunner.run(kernels, new MeanLoss(function), types, values).outputs().getFirst();
      KernelRunner.assertClose(what + " loss alone", dtype, 64, 4 * n, loss, alone);
      double[] gradient =
          KernelRunner.run(
                  kernels,
                  new LossGradient(function),
                  List.of(TensorType.of(dtype), type, y.type()),
                  List.of(new double[] {-2.5}, z, y.given()))
              .outputs()
              .getFirst();
      KernelRunner.assertClose(what + " gradient", dtype, 4, 2.5 * scale, scaled, gradient);
    }
  }

  @Test
  void countCorrectByClass() {
    double[] z = {1, 2, 2, 5, 4, 3, Double.NaN, 0, 0, 0, 7, 1};
    double[] classes = {1, 0, 0, 2};
    double[] y = {0, 1, 0, .5, .5, 0, 1, 0, 0, 0, 1, 1};
    for (Kernels kernels : KernelRunner.ALL) {
      for (DType dtype : FLOATS) {
        TensorType type = TensorType.of(dtype, 4, 3);
        CountCorrect op = new CountCorrect(CountCorrect.Rule.LARGEST);
        assertEquals(
            12, // rows 0 and 1 are right, row 2 has a NaN, row 3 is wrong
            count(kernels, op, List.of(type, TensorType.of(DType.INT32, 4)), z, classes, 10));
        assertEquals(13, count(kernels, op, List.of(type, type), z, y, 10));
      }
    }
  }

  @Test
  void countCorrectOfManyRows() {
    int m = 3000;
    double[] z = Samples.normal(m * 10L, 1, 1);
    double[] y = Samples.integers(m, 0, 10, 2);
    int right = 0;
    for (int i = 0; i < m; i++) {
      int best = 0;
      for (int j = 1; j < 10; j++) {
        best = z[i * 10 + j] > z[i * 10 + best] ? j : best;
      }
      right += best == (int) y[i] ? 1 : 0;
    }
    for (Kernels kernels : KernelRunner.ALL) {
      List<TensorType> types =
          List.of(TensorType.of(DType.FP32, m, 10), TensorType.of(DType.INT32, m));
      CountCorrect op = new CountCorrect(CountCorrect.Rule.LARGEST);
      assertEquals(right, count(kernels, op, types, z, y, 0));
    }
  }

  @Test
  void countCorrectOfBinary() {
    double[] z = {1, -1, 0, 3, Double.NaN, 2};
    double[] y = {1, 0, .5, .5, 0, Double.NaN};
    for (Kernels kernels : KernelRunner.ALL) {
      for (DType dtype : FLOATS) {
        TensorType type = TensorType.of(dtype, 6);
        CountCorrect op = new CountCorrect(CountCorrect.Rule.SIGN);
        assertEquals(3, count(kernels, op, List.of(type, type), z, y, 0));
      }
    }
  }

  private static double count(
      Kernels kernels,
      CountCorrect op,
      List<TensorType> types,
      double[] z,
      double[] y,
      double before) {
    return KernelRunner.run(
            kernels,
            op,
            List.of(types.get(0), types.get(1), CountCorrect.COUNTER),
            List.of(z, y, new double[] {before}))
        .inputs()
        .get(2)[0];
  }
}
