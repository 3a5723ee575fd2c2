package dev.lamina.cpu;

import dev.lamina.op.Activate;
import dev.lamina.op.ActivateGradient;
import dev.lamina.op.Activation;
import dev.lamina.op.AddScaled;
import dev.lamina.op.Affine;
import dev.lamina.op.Binary;
import dev.lamina.op.Broadcast;
import dev.lamina.op.Cast;
import dev.lamina.op.Fill;
import dev.lamina.op.Op;
import dev.lamina.op.Unary;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElementwiseKernelsTest {
  private static final int[] SIZES = {1, 13, 207, 1000, 4096, 40_003};
  private static final List<DType> FLOATS = List.of(DType.FP32, DType.FP64);

  /** Checks a function of one operand at all sizes, with ordinary and special numbers. */
  private static void check(Op op, double ulps, DoubleUnaryOperator f) {
    for (Kernels kernels : KernelRunner.ALL) {
      for (DType dtype : FLOATS) {
        for (int size : SIZES) {
          double[] x = Samples.special(Samples.normal(size, 3, size), size < 100 ? 2 : 7);
          double[] expected = new double[size];
          for (int i = 0; i < size; i++) {
            expected[i] = f.applyAsDouble(x[i]);
          }
          double[] got =
              KernelRunner.run(kernels, op, List.of(TensorType.of(dtype, size)), List.of(x))
                  .outputs()
                  .getFirst();
          String what = kernels.getClass().getSimpleName() + " " + op + " " + dtype + "[" + size;
          KernelRunner.assertClose(what, dtype, ulps, 0, expected, got);
        }
      }
    }
  }

  /** Checks a function of two operands of given shapes. */
  private static void check(
      Op op,
      Shape a,
      Shape b,
      Shape result,
      double ulps,
      double magnitude,
      DoubleBinaryOperator f) {
    for (Kernels kernels : KernelRunner.ALL) {
      for (DType dtype : FLOATS) {
        double[] x = Samples.special(Samples.normal(a.size(), 2, 1), 11);
        double[] y = Samples.special(Samples.normal(b.size(), 2, 2), 13);
        double[] expected = new double[Math.toIntExact(result.size())];
        for (int i = 0; i < expected.length; i++) {
          expected[i] = f.applyAsDouble(x[index(a, result, i)], y[index(b, result, i)]);
        }
        double[] got =
            KernelRunner.run(
                    kernels,
                    op,
                    List.of(new TensorType(dtype, a), new TensorType(dtype, b)),
                    List.of(x, y))
                .outputs()
                .getFirst();
        String what =
            kernels.getClass().getSimpleName() + " " + op + " " + dtype + " " + a + " " + b;
        KernelRunner.assertClose(what, dtype, ulps, magnitude, expected, got);
      }
    }
  }

  /** The element of {@code small} that stands at element i of {@code large}. */
  private static int index(Shape small, Shape large, int i) {
    if (small.size() == large.size()) {
      return i;
    }
    if (small.size() == 1) {
      return 0;
    }
    int n = (int) large.columns();
    return small.columns() == n ? i % n : i / n;
  }

  @ParameterizedTest
  @EnumSource
  void unary(Unary.Function function) {
    check(new Unary(function), 3, x -> Reference.unary(function, x));
  }

  @ParameterizedTest
  @EnumSource
  void activate(Activation activation) {
    check(new Activate(activation), 4.1, activation::apply);
  }

  @Test
  void affine() {
    check(new Affine(0.5, 0), 1, x -> 0.5 * x);
    check(new Affine(1, -3), 1, x -> x - 3);
    check(new Affine(-1, 1), 1, x -> 1 - x);
    check(new Affine(0.1, 0), 2, x -> 0.1 * x);
  }

  @ParameterizedTest
  @EnumSource
  void activateGradient(Activation activation) {
    for (int size : SIZES) {
      Shape shape = Shape.of(size);
      check(
          new ActivateGradient(activation),
          shape,
          shape,
          shape,
          4,
          40,
          (d, y) ->
              switch (activation) {
                case IDENTITY -> d;
                case RELU -> y > 0 ? d : 0;
                case SIGMOID, TANH -> bounded(d) && bounded(y) ? d * activation.derivative(y) : 0;
              },
          activation == Activation.SIGMOID || activation == Activation.TANH);
    }
  }

  private static boolean bounded(double x) {
    return Math.abs(x) < 10;
  }

  /** As above; with {@code ordinary} numbers that no activation could not have given. */
  private static void check(
      Op op,
      Shape a,
      Shape b,
      Shape result,
      double ulps,
      double magnitude,
      DoubleBinaryOperator f,
      boolean ordinary) {
    if (!ordinary) {
      check(op, a, b, result, 1, 0, f);
      return;
    }
    for (Kernels kernels : KernelRunner.ALL) {
      for (DType dtype : FLOATS) {
        double[] d = Samples.normal(a.size(), 2, 1);
        double[] y = Samples.uniform(b.size(), -1, 1, 2);
        double[] expected = new double[d.length];
        for (int i = 0; i < d.length; i++) {
          expected[i] = f.applyAsDouble(d[i], y[i]);
        }
        TensorType type = new TensorType(dtype, a);
        double[] got =
            KernelRunner.run(kernels, op, List.of(type, type), List.of(d, y)).outputs().getFirst();
        KernelRunner.assertClose(
            kernels.getClass().getSimpleName() + " " + op, dtype, ulps, magnitude, expected, got);
      }
    }
  }

  @Test
  void addScaled() {
    for (int size : SIZES) {
      Shape shape = Shape.of(size);
      check(new AddScaled(1, 1), shape, shape, shape, 1, 0, Double::sum);
      check(new AddScaled(1, -2), shape, shape, shape, 2, 0, (x, y) -> x - 2 * y, true);
      check(new AddScaled(0.3, 0.7), shape, shape, shape, 2, 9, (x, y) -> .3 * x + .7 * y, true);
    }
  }

  @ParameterizedTest
  @EnumSource
  void binary(Binary.Kind kind) {
    Op op = new Binary(kind);
    DoubleBinaryOperator f = (a, b) -> Reference.binary(kind, a, b);
    Shape[] larges = {
      Shape.of(1, 1), Shape.of(5, 13), Shape.of(207, 10), Shape.of(3, 1000), Shape.of(70, 513)
    };
    for (Shape large : larges) {
      long m = large.rows();
      long n = large.columns();
      check(op, large, large, large, 1, 0, f);
      Shape[] smalls = {
        Shape.scalar(), Shape.of(1), Shape.of(1, 1), Shape.of(n), Shape.of(1, n), Shape.of(m, 1)
      };
      for (Shape small : smalls) {
        check(op, large, small, large, 1, 0, f);
        check(op, small, large, large.size() == 1 && small.rank() == 2 ? small : large, 1, 0, f);
      }
    }
    check(op, Shape.scalar(), Shape.scalar(), Shape.scalar(), 1, 0, f);
    check(op, Shape.of(40_000), Shape.of(1), Shape.of(40_000), 1, 0, f);
    check(op, Shape.of(1), Shape.of(40_000), Shape.of(40_000), 1, 0, f);
  }

  @Test
  void broadcast() {
    Shape large = Shape.of(70, 513);
    for (Shape small : new Shape[] {Shape.scalar(), Shape.of(513), Shape.of(70, 1), large}) {
      for (Kernels kernels : KernelRunner.ALL) {
        for (DType dtype : FLOATS) {
          double[] x = Samples.special(Samples.normal(small.size(), 1, 3), 5);
          double[] expected = new double[Math.toIntExact(large.size())];
          for (int i = 0; i < expected.length; i++) {
            expected[i] = x[index(small, large, i)];
          }
          double[] got =
              KernelRunner.run(
                      kernels,
                      new Broadcast(large),
                      List.of(new TensorType(dtype, small)),
                      List.of(x))
                  .outputs()
                  .getFirst();
          KernelRunner.assertClose("broadcast " + small, dtype, 0, 0, expected, got);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1.5, -3, 300, Double.NaN})
  void fill(double value) {
    for (Kernels kernels : KernelRunner.ALL) {
      for (DType dtype : DType.values()) {
        Op op = new Fill(value, TensorType.of(dtype, 5000));
        double[] got = KernelRunner.run(kernels, op, List.of(), List.of()).outputs().getFirst();
        for (double v : got) {
          KernelRunner.assertClose(
              op.toString(), DType.FP64, 0, 0, new double[] {cast(value, dtype)}, new double[] {v});
        }
      }
    }
  }

  private static double cast(double x, DType to) {
    return switch (to) {
      case FP32 -> (float) x;
      case FP64 -> x;
      case BF16 -> BFloat16.toFloat(BFloat16.of(x));
      case INT32 -> (int) x;
      case UINT8 -> Math.clamp((int) x, 0, 255);
    };
  }

  @Test
  void cast() {
    for (Kernels kernels : KernelRunner.ALL) {
      for (DType from : DType.values()) {
        for (DType to : DType.values()) {
          double[] x =
              switch (from) {
                case FP32, FP64, BF16 ->
                    KernelRunner.rounded(from, Samples.special(Samples.normal(5000, 200, 1), 9));
                case INT32 -> Samples.integers(5000, Integer.MIN_VALUE, Integer.MAX_VALUE, 1);
                case UINT8 -> Samples.integers(5000, 0, 256, 1);
              };
          double[] expected = new double[x.length];
          for (int i = 0; i < x.length; i++) {
            expected[i] = cast(x[i], to);
          }
          double[] got =
              KernelRunner.run(
                      kernels, new Cast(to), List.of(TensorType.of(from, x.length)), List.of(x))
                  .outputs()
                  .getFirst();
          KernelRunner.assertClose(from + " to " + to, DType.FP64, 0, 0, expected, got);
        }
      }
    }
  }
}
