package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lamina.op.ActivateGradientBias;
import dev.lamina.op.Activation;
import dev.lamina.op.ArgMax;
import dev.lamina.op.Reduce;
import dev.lamina.op.Softmax;
import dev.lamina.op.SoftmaxGradient;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReductionKernelsTest {
  /** Rows and columns: narrow and wide, of one chunk and of many. */
  private static final int[][] SHAPES = {
    {1, 1}, {13, 1}, {1, 13}, {5, 16}, {13, 207}, {207, 10}, {1000, 37}, {3, 9000}, {3000, 97}
  };

  private static final List<DType> FLOATS = List.of(DType.FP32, DType.FP64);

  @ParameterizedTest
  @EnumSource
  void reduce(Reduce.Kind kind) {
    for (Reduce.Axis axis : Reduce.Axis.values()) {
      for (int[] s : SHAPES) {
        double[] x = Samples.normal((long) s[0] * s[1], 2, 5);
        reduce(new Reduce(kind, axis), s[0], s[1], x);
        x[x.length / 2] = Double.NaN;
        reduce(new Reduce(kind, axis), s[0], s[1], x);
        x[x.length / 2] = Double.NEGATIVE_INFINITY;
        reduce(new Reduce(kind, axis), s[0], s[1], x);
        Arrays.fill(x, Double.NEGATIVE_INFINITY);
        reduce(new Reduce(kind, axis), s[0], s[1], x);
      }
    }
  }

  private static void reduce(Reduce op, int m, int n, double[] x) {
    boolean max = op.kind() == Reduce.Kind.MAX;
    int size =
        switch (op.axis()) {
          case ALL -> 1;
          case ROWS -> n;
          case COLUMNS -> m;
        };
    double[] expected = new double[size];
    Arrays.fill(expected, max ? Double.NEGATIVE_INFINITY : 0);
    for (int i = 0; i < m * n; i++) {
      int to =
          switch (op.axis()) {
            case ALL -> 0;
            case ROWS -> i % n;
            case COLUMNS -> i / n;
          };
      expected[to] = max ? Math.max(expected[to], x[i]) : expected[to] + x[i];
    }
    double count = (double) m * n / size;
    double magnitude = 4 * count;
    if (op.kind() == Reduce.Kind.MEAN) {
      Arrays.setAll(expected, i -> expected[i] / count);
      magnitude = 4;
    }
    for (Kernels kernels : KernelRunner.ALL) {
      for (DType dtype : FLOATS) {
        double[] got =
            KernelRunner.run(kernels, op, List.of(TensorType.of(dtype, m, n)), List.of(x))
                .outputs()
                .getFirst();
        String what =
            kernels.getClass().getSimpleName() + " " + op + dtype + "[" + m + ", " + n + "]";
        KernelRunner.assertClose(what, dtype, max ? 0 : 8, magnitude, expected, got);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void activateGradientBias(Activation activation) {
    for (int[] s : SHAPES) {
      int m = s[0];
      int n = s[1];
      double[] d = Samples.normal((long) m * n, 2, 7);
      double[] y = Samples.uniform((long) m * n, -1, 1, 8);
      double[] z = new double[m * n];
      double[] sums = new double[n];
      for (int i = 0; i < m * n; i++) {
        z[i] = d[i] * Reference.derivative(activation, y[i]);
        sums[i % n] += z[i];
      }
      for (Kernels kernels : KernelRunner.ALL) {
        for (DType dtype : FLOATS) {
          TensorType type = TensorType.of(dtype, m, n);
          List<double[]> got =
              KernelRunner.run(
                      kernels,
                      new ActivateGradientBias(activation),
                      List.of(type, type),
                      List.of(d, y))
                  .outputs();
          String what = kernels.getClass().getSimpleName() + " " + activation + type;
          KernelRunner.assertClose(what, dtype, 2, 8, z, got.get(0));
          KernelRunner.assertClose(what, dtype, 4, 4 * m, sums, got.get(1));
        }
      }
    }
  }

  @Test
  void reluGradientIsZeroWhereTheOutputIsNotPositive() {
    int n = 40;
    double[] d = Samples.special(Samples.normal(2 * n, 1, 1), 3);
    double[] y = new double[2 * n];
    Arrays.fill(y, 0, n, 0);
    Arrays.fill(y, n, 2 * n, Double.NaN);
    for (Kernels kernels : KernelRunner.ALL) {
      TensorType type = TensorType.of(DType.FP32, 2, n);
      for (double[] output :
          KernelRunner.run(
                  kernels,
                  new ActivateGradientBias(Activation.RELU),
                  List.of(type, type),
                  List.of(d, y))
              .outputs()) {
        assertArrayEquals(new double[output.length], output);
      }
    }
  }

  @Test
  void argMax() {
    for (int[] s : SHAPES) {
      int m = s[0];
      int n = s[1];
      // Few different numbers, so that many are equal.
      double[] x = Samples.integers((long) m * n, -3, 4, 9);
      argMax(m, n, x);
      argMax(m, n, Samples.special(x, 5));
    }
  }

  private static void argMax(int m, int n, double[] x) {
    double[] byRow = new double[m];
    double[] byColumn = new double[n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        if (larger(x[i * n + j], x[i * n + (int) byRow[i]])) {
          byRow[i] = j;
        }
        if (larger(x[i * n + j], x[(int) byColumn[j] * n + j])) {
          byColumn[j] = i;
        }
      }
    }
    for (Kernels kernels : KernelRunner.ALL) {
      for (DType dtype : FLOATS) {
        List<TensorType> types = List.of(TensorType.of(dtype, m, n));
        assertArrayEquals(
            byRow,
            KernelRunner.run(kernels, new ArgMax(Reduce.Axis.COLUMNS), types, List.of(x))
                .outputs()
                .getFirst());
        assertArrayEquals(
            byColumn,
            KernelRunner.run(kernels, new ArgMax(Reduce.Axis.ROWS), types, List.of(x))
                .outputs()
                .getFirst());
      }
    }
  }

  private static boolean larger(double x, double best) {
    return Double.isNaN(x) ? !Double.isNaN(best) : x > best;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void softmax(boolean log) {
    for (int[] s : SHAPES) {
      int m = s[0];
      int n = s[1];
      double[] x = Samples.normal((long) m * n, 5, 3);
      softmax(log, m, n, x);
      x[0] = 1000;
      x[m * n - 1] = -1000;
      softmax(log, m, n, x);
      x[m * n / 2] = Double.NEGATIVE_INFINITY;
      softmax(log, m, n, x);
      x[m * n / 2] = Double.POSITIVE_INFINITY;
      softmax(log, m, n, x);
      x[m * n / 2] = Double.NaN;
      softmax(log, m, n, x);
    }
  }

  private static void softmax(boolean log, int m, int n, double[] x) {
    double[] expected = Reference.softmax(log, x, m, n);
    for (Kernels kernels : KernelRunner.ALL) {
      for (DType dtype : FLOATS) {
        TensorType type = TensorType.of(dtype, m, n);
        double[] got =
            KernelRunner.run(kernels, new Softmax(log), List.of(type), List.of(x))
                .outputs()
                .getFirst();
        String what = kernels.getClass().getSimpleName() + " log " + log + " " + type;
        KernelRunner.assertClose(what, dtype, 16, log ? 8 : 1e-3, expected, got);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void softmaxGradient(boolean log) {
    for (int[] s : SHAPES) {
      int m = s[0];
      int n = s[1];
      double[] d = Samples.normal((long) m * n, 1, 3);
      double[] y = Reference.softmax(log, Samples.normal((long) m * n, 2, 4), m, n);
      double[] rounded = KernelRunner.rounded(DType.FP32, y);
      double[] expected = Reference.softmaxGradient(log, d, rounded, m, n);
      for (Kernels kernels : KernelRunner.ALL) {
        for (DType dtype : FLOATS) {
          TensorType type = TensorType.of(dtype, m, n);
          double[] got =
              KernelRunner.run(
                      kernels, new SoftmaxGradient(log), List.of(type, type), List.of(d, rounded))
                  .outputs()
                  .getFirst();
          String what = kernels.getClass().getSimpleName() + " log " + log + " " + type;
          KernelRunner.assertClose(what, dtype, 8, 2 * Math.sqrt(n), expected, got);
        }
      }
    }
  }
}
