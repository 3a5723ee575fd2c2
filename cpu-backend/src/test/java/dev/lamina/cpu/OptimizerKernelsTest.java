package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.op.AdamStep;
import dev.lamina.op.Clock;
import dev.lamina.op.Op;
import dev.lamina.op.SgdStep;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptimizerKernelsTest {
  private static final int[] SIZES = {1, 13, 207, 1000, 40_003};

  private static final List<DType> FLOATS = List.of(DType.FP32, DType.FP64);

  private static double[] hyper(int t, boolean skip) {
    return new double[] {0.01, 1 - Math.pow(.9, t), 1 - Math.pow(.999, t), skip ? 1 : 0, t};
  }

  /** Runs one step; returns p, the state after it, and last the refusal. */
  private static List<double[]> step(
      Kernels kernels,
      Op op,
      DType dtype,
      double[] hyper,
      double[] p,
      double[] g,
      double[]... state) {
    TensorType type = TensorType.of(dtype, p.length);
    List<TensorType> types = new ArrayList<>(List.of(type, type, Clock.HYPER, Clock.REFUSAL));
    List<double[]> values = new ArrayList<>(List.of(p, g, hyper, new double[3]));
    for (double[] s : state) {
      types.add(type);
      values.add(s);
    }
    List<double[]> after = new ArrayList<>(KernelRunner.run(kernels, op, types, values).inputs());
    after.subList(1, 3).clear();
    after.add(after.remove(1));
    return after;
  }

  @ParameterizedTest
  @CsvSource({
    "0, false, 0",
    "0, false, 0.1",
    "0.9, false, 0",
    "0.9, false, 0.1",
    "0.9, true, 0",
    "0.9, true, 0.1"
  })
  void sgd(double momentum, boolean nesterov, double decay) {
    for (int size : SIZES) {
      SgdStep op = new SgdStep(momentum, nesterov, decay, size * 2L / 3);
      double[] g = Samples.normal(size, 1, 1);
      double[] start = Samples.normal(size, 1, 2);
      double[] velocity = Samples.normal(size, 1, 3);
      double[] p = start.clone();
      double[] v = velocity.clone();
      Reference.sgd(op, p, g, hyper(1, false), v);
      for (Kernels kernels : KernelRunner.ALL) {
        for (DType dtype : FLOATS) {
          List<double[]> after =
              momentum == 0
                  ? step(kernels, op, dtype, hyper(1, false), start, g)
                  : step(kernels, op, dtype, hyper(1, false), start, g, velocity);
          String what = kernels.getClass().getSimpleName() + " " + op + dtype;
          KernelRunner.assertClose(what, dtype, 2, 1, p, after.get(0));
          if (momentum != 0) {
            KernelRunner.assertClose(what, dtype, 4, 1, v, after.get(1));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, false", "0.1, false", "0.1, true"})
  void adam(double decay, boolean decoupled) {
    for (int size : SIZES) {
      AdamStep op = new AdamStep(0.9, 0.999, 1e-8, decay, decoupled, size * 2L / 3);
      double[] g = Samples.normal(size, 1, 1);
      for (int t : new int[] {1, 3, 1000}) {
        double[] p = Samples.normal(size, 1, 2);
        double[] m = Samples.normal(size, t == 1 ? 0 : .1, 3);
        double[] v = Samples.uniform(size, 0, t == 1 ? 1e-30 : 1e-4, 4);
        double[] p1 = p.clone();
        double[] m1 = m.clone();
        double[] v1 = v.clone();
        Reference.adam(op, p1, g, hyper(t, false), m1, v1);
        for (Kernels kernels : KernelRunner.ALL) {
          for (DType dtype : FLOATS) {
            List<double[]> after = step(kernels, op, dtype, hyper(t, false), p, g, m, v);
            String what = kernels.getClass().getSimpleName() + " " + op + dtype + t;
            KernelRunner.assertClose(what, dtype, 4, 1, p1, after.get(0));
            KernelRunner.assertClose(what, dtype, 4, .1, m1, after.get(1));
            KernelRunner.assertClose(what, dtype, 8, 1e-3, v1, after.get(2));
          }
        }
      }
    }
  }

  @Test
  void aSkippedStepChangesNothing() {
    double[] g = {Double.NaN, Double.POSITIVE_INFINITY, 1};
    double[] p = {1, 2, 3};
    double[] m = {.25, .5, .75};
    double[] v = {1, 2, 4};
    for (Kernels kernels : KernelRunner.ALL) {
      for (DType dtype : FLOATS) {
        AdamStep adam = new AdamStep(.9, .999, 1e-8, .1, true, 3);
        List<double[]> after = step(kernels, adam, dtype, hyper(5, true), p, g, m, v);
        assertArrayEquals(p, after.get(0));
        assertArrayEquals(m, after.get(1));
        assertArrayEquals(v, after.get(2));
        SgdStep sgd = new SgdStep(.9, false, .1, 3);
        after = step(kernels, sgd, dtype, hyper(5, true), p, g, m);
        assertArrayEquals(p, after.get(0));
        assertArrayEquals(m, after.get(1));
      }
    }
  }

  /** At the start of a chunk, in the middle of a vector, in the last, and not a multiple of one. */
  @ParameterizedTest
  @ValueSource(ints = {0, 5, 16_384, 40_001, 40_002})
  void whatWouldNotBeFiniteStays(int first) {
    int size = 40_003;
    double[] g = Samples.normal(size, 1, 1);
    g[first] = Double.NaN;
    g[size - 1] = Double.NEGATIVE_INFINITY;
    double[] p = Samples.normal(size, 1, 2);
    double[] m = Samples.normal(size, 1, 3);
    double[] v = Samples.uniform(size, .1, 1, 4);
    for (Kernels kernels : KernelRunner.ALL) {
      for (DType dtype : FLOATS) {
        AdamStep adam = new AdamStep(.9, .999, 1e-8, .1, true, size / 2);
        refusesTwo(step(kernels, adam, dtype, hyper(5, false), p, g, m, v), first, p, m, v);
        for (boolean nesterov : new boolean[] {false, true}) {
          SgdStep momentum = new SgdStep(.9, nesterov, .1, size / 2);
          refusesTwo(step(kernels, momentum, dtype, hyper(5, false), p, g, m), first, p, m);
        }
        SgdStep sgd = new SgdStep(0, false, .1, size / 2);
        refusesTwo(step(kernels, sgd, dtype, hyper(5, false), p, g), first, p);
      }
    }
  }

  private static void refusesTwo(List<double[]> after, int first, double[]... before) {
    for (int state = 0; state < before.length; state++) {
      for (int i = 0; i < before[state].length; i++) {
        boolean refused = i == first || i == before[state].length - 1;
        double old = (float) before[state][i];
        double now = (float) after.get(state)[i];
        // A moment may happen to be what it was.
        if (refused || state == 0) {
          assertEquals(refused, old == now, "state " + state + " element " + i);
        }
      }
    }
    assertArrayEquals(new double[] {5, before[0].length - first, 1}, after.getLast());
  }
}
