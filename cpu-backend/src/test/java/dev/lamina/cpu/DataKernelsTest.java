package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.op.Advance;
import dev.lamina.op.BatchIndices;
import dev.lamina.op.Clock;
import dev.lamina.op.Copy;
import dev.lamina.op.Elementwise;
import dev.lamina.op.GatherRows;
import dev.lamina.op.Gemm;
import dev.lamina.op.Op;
import dev.lamina.op.StepBegin;
import dev.lamina.op.TrackLoss;
import dev.lamina.op.Transpose;
import dev.lamina.optim.Schedule;
import dev.lamina.random.Permutation;
import dev.lamina.random.Philox;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies, gathers, random masks and the training run's clock: exact, bit for bit. */
class DataKernelsTest {
  private static final List<DType> FLOATS = List.of(DType.FP32, DType.FP64);

  private static double[] sample(DType dtype, int size) {
    return switch (dtype) {
      case BF16 -> KernelRunner.rounded(dtype, sample(DType.FP32, size));
      case FP32, FP64 -> Samples.special(Samples.normal(size, 2, 1), 9);
      case INT32 -> Samples.integers(size, Integer.MIN_VALUE, Integer.MAX_VALUE, 1);
      case UINT8 -> Samples.integers(size, 0, 256, 1);
    };
  }

  private static double[] output(
      Kernels kernels, Op op, List<TensorType> types, List<double[]> values) {
    return KernelRunner.run(kernels, op, types, values).outputs().getFirst();
  }

  @ParameterizedTest
  @EnumSource
  void copyAndTranspose(DType dtype) {
    for (int[] s : new int[][] {{1, 1}, {13, 207}, {207, 13}, {64, 64}, {1, 1000}, {300, 517}}) {
      int m = s[0];
      int n = s[1];
      double[] x = sample(dtype, m * n);
      double[] transposed = new double[m * n];
      for (int i = 0; i < m * n; i++) {
        transposed[i % n * m + i / n] = x[i];
      }
      List<TensorType> types = List.of(TensorType.of(dtype, m, n));
      for (Kernels kernels : KernelRunner.ALL) {
        assertArrayEquals(x, output(kernels, new Copy(), types, List.of(x)));
        assertArrayEquals(transposed, output(kernels, new Transpose(), types, List.of(x)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void gatherRows(DType from) {
    for (int n : new int[] {1, 13, 784, 5000}) {
      double[] data = sample(from, 40 * n);
      double[] indices = Samples.integers(99, 0, 40, 2);
      List<TensorType> types = List.of(TensorType.of(from, 40, n), TensorType.of(DType.INT32, 99));
      for (Kernels kernels : KernelRunner.ALL) {
        for (DType to : FLOATS) {
          gather(kernels, GatherRows.to(to), types, data, indices, n);
          gather(kernels, new GatherRows(to, 1 / 255.0, -.5), types, data, indices, n);
        }
        if (!from.isFloating()) {
          gather(kernels, GatherRows.to(from), types, data, indices, n);
        }
      }
    }
  }

  private static void gather(
      Kernels kernels,
      GatherRows op,
      List<TensorType> types,
      double[] data,
      double[] indices,
      int n) {
    double[] expected = new double[indices.length * n];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = op.scale() * data[(int) indices[i / n] * n + i % n] + op.shift();
    }
    KernelRunner.assertClose(
        op + " of " + types,
        op.to(),
        op.scale() == 1 ? 0 : 2,
        op.scale() == 1 ? 0 : 1,
        expected,
        output(kernels, op, types, List.of(data, indices)));
  }

  @Test
  void gatherOfAVector() {
    for (Kernels kernels : KernelRunner.ALL) {
      assertArrayEquals(
          new double[] {7, 9, 7},
          output(
              kernels,
              GatherRows.to(DType.INT32),
              List.of(TensorType.of(DType.INT32, 3), TensorType.of(DType.INT32, 3)),
              List.of(new double[] {9, 8, 7}, new double[] {2, 0, 2})));
    }
  }

  @Test
  void gatherRefusesRowsThatDoNotExist() {
    for (Kernels kernels : KernelRunner.ALL) {
      List<TensorType> types =
          List.of(TensorType.of(DType.FP32, 3, 2), TensorType.of(DType.INT32, 2));
      LaminaException e =
          assertThrows(
              LaminaException.class,
              () ->
                  output(
                      kernels,
                      GatherRows.to(DType.FP32),
                      types,
                      List.of(new double[6], new double[] {1, 3})));
      assertTrue(e.getMessage().contains("row number 3 at position 1"), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.2, 0.5, 0.99})
  void dropout(double rate) {
    long threshold = Math.round(rate * (1 << 24));
    double scale = 1 / (1 - rate);
    double[] clock = {17, 0x12345678, -5, 0};
    long key = 0x12345678L | -5L << 32;
    int[] words = new int[4];
    for (int size : new int[] {1, 13, 207, 1000, 40_003}) {
      double[] x = Samples.normal(size, 1, 1);
      for (DType dtype : FLOATS) {
        double[] expected = new double[size];
        int kept = 0;
        for (int i = 0; i < size; i++) {
          Philox.block(i / 4, 0, 3, 17, key, words);
          boolean keep = words[i % 4] >>> 8 >= threshold;
          kept += keep ? 1 : 0;
          expected[i] =
              !keep ? 0 : dtype == DType.FP32 ? (float) x[i] * (float) scale : x[i] * scale;
        }
        assertEquals(1 - rate, kept / (double) size, size < 10_000 ? 1 : 0.01);
        for (Kernels kernels : KernelRunner.ALL) {
          TensorType type = TensorType.of(dtype, size);
          Op op = Elementwise.dropout(type, rate, 3);
          double[] got = output(kernels, op, List.of(type, Clock.CLOCK), List.of(x, clock));
          KernelRunner.assertClose(op.toString(), dtype, 1, 0, expected, got);
          for (int i = 0; i < size; i++) {
            assertEquals(expected[i] == 0, got[i] == 0, "element " + i);
          }
        }
      }
    }
  }

  @Test
  void batchIndices() {
    double[] clock = {7, 99, -3, 0};
    for (int samples : new int[] {1, 2, 13, 100, 1000}) {
      for (boolean shuffle : new boolean[] {false, true}) {
        int size = 777;
        double[] expected = new double[size];
        for (int i = 0; i < size; i++) {
          int q = 7 * size + i;
          int r = q % samples;
          expected[i] = shuffle ? Permutation.index(99, -3, q / samples, samples, r) : r;
        }
        for (Kernels kernels : KernelRunner.ALL) {
          assertArrayEquals(
              expected,
              output(
                  kernels,
                  new BatchIndices(size, samples, shuffle),
                  List.of(Clock.CLOCK),
                  List.of(clock)));
        }
      }
    }
  }

  @Test
  void clock() {
    double[] clock = {4, 1, 2, 0};
    StepBegin begin = new StepBegin(Schedule.step(.1, 2, .5).curve(), .9, .999);
    for (Kernels kernels : KernelRunner.ALL) {
      List<TensorType> types = List.of(Clock.CLOCK, Clock.TRACKER, Clock.refusals(3));
      double[] none = new double[9];
      double[] hyper = output(kernels, begin, types, List.of(clock, new double[4], none));
      double[] expected = {.1 * .25, 1 - Math.pow(.9, 5), 1 - Math.pow(.999, 5), 0, 5};
      assertArrayEquals(expected, hyper, 1e-15);
      double[] bad = {0, 0, 3, 0};
      assertEquals(1, output(kernels, begin, types, List.of(clock, bad, none))[3]);
      double[] refused = {0, 0, 0, 0, 0, 0, 4, 1, 0};
      assertEquals(1, output(kernels, begin, types, List.of(clock, new double[4], refused))[3]);
      assertArrayEquals(
          new double[] {5, 1, 2, 0},
          KernelRunner.run(kernels, new Advance(), List.of(Clock.CLOCK), List.of(clock))
              .inputs()
              .getFirst());
    }
  }

  @Test
  void trackLoss() {
    for (Kernels kernels : KernelRunner.ALL) {
      double[] good = track(kernels, .5, new double[] {1, 2, 0, 9});
      assertArrayEquals(new double[] {1.5, 3, 0, .5}, good);
      double[] bad = track(kernels, Double.NaN, good);
      assertArrayEquals(new double[] {1.5, 3, 5, Double.NaN}, bad);
      double[] later = track(kernels, Double.POSITIVE_INFINITY, new double[] {1.5, 3, 2, 0});
      assertArrayEquals(new double[] {1.5, 3, 2, Double.POSITIVE_INFINITY}, later);
    }
  }

  private static double[] track(Kernels kernels, double loss, double[] tracker) {
    return KernelRunner.run(
            kernels,
            new TrackLoss(),
            List.of(TensorType.of(DType.FP32), Clock.CLOCK, Clock.TRACKER),
            List.of(new double[] {loss}, new double[] {4, 0, 0, 0}, tracker))
        .inputs()
        .get(2);
  }

  @Test
  void productsAreNotOfTheseKernels() {
    Op op = Gemm.of(false, false);
    for (Kernels kernels : KernelRunner.ALL) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> kernels.bind(op, List.of(), List.of(), null));
      assertTrue(e.getMessage().contains("gemm"), e.getMessage());
    }
  }
}
