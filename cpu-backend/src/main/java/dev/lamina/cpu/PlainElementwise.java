package dev.lamina.cpu;

import dev.lamina.op.Activation;
import dev.lamina.op.Binary;
import dev.lamina.op.Unary;
import dev.lamina.type.Shape;
import java.util.Arrays;

/**
 * Elementwise operations: a block at a time is copied to arrays, computed in double, and stored.
 */
final class PlainElementwise {
  private static final long INFINITY = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);

  private PlainElementwise() {}

  /** What is done with n elements from position {@code at} on. */
  private interface Block {
    void run(Scratch s, long at, int n);
  }

  /** What is done with n elements of row i from column j on. */
  private interface RowBlock {
    void run(Scratch s, long i, long j, int n);
  }

  private static Task blocks(long size, Block block) {
    return Tasks.of(
        Cut.elements(size),
        (chunk, from, to) -> {
          Scratch s = Scratch.get();
          for (long at = from; at < to; at += Scratch.BLOCK) {
            block.run(s, at, (int) Math.min(Scratch.BLOCK, to - at));
          }
        });
  }

  private static Task rowBlocks(long size, long columns, RowBlock block) {
    return Tasks.of(
        Cut.elements(size),
        (chunk, from, to) -> {
          Scratch s = Scratch.get();
          for (long at = from; at < to; ) {
            long j = at % columns;
            int n = (int) Math.min(Math.min(Scratch.BLOCK, to - at), columns - j);
            block.run(s, at / columns, j, n);
            at += n;
          }
        });
  }

  /** Also casts: reading and writing convert. */
  static Task copy(Buffer x, Buffer y) {
    return blocks(
        y.type().size(),
        (s, at, n) -> {
          s.load(x, at, n, s.a);
          s.store(s.a, n, y, at);
        });
  }

  static Task fill(double value, Buffer y) {
    return blocks(
        y.type().size(),
        (s, at, n) -> {
          Arrays.fill(s.a, 0, n, value);
          s.store(s.a, n, y, at);
        });
  }

  static Task broadcast(Buffer x, Buffer y) {
    Shape shape = y.type().shape();
    View view = View.of(x.type().shape(), shape);
    long columns = view.isFlat(shape) ? shape.size() : shape.columns();
    return rowBlocks(
        shape.size(),
        columns,
        (s, i, j, n) -> {
          s.load(x, view, i, j, n, s.a);
          s.store(s.a, n, y, i * columns + j);
        });
  }

  static Task unary(Unary.Function function, Buffer x, Buffer y) {
    return blocks(
        y.type().size(),
        (s, at, n) -> {
          s.load(x, at, n, s.a);
          apply(function, s.a, n);
          s.store(s.a, n, y, at);
        });
  }

  static Task affine(double scale, double shift, Buffer x, Buffer y) {
    return blocks(
        y.type().size(),
        (s, at, n) -> {
          double[] a = s.a;
          s.load(x, at, n, a);
          for (int i = 0; i < n; i++) {
            a[i] = scale * a[i] + shift;
          }
          s.store(a, n, y, at);
        });
  }

  static Task activate(Activation activation, Buffer x, Buffer y) {
    return blocks(
        y.type().size(),
        (s, at, n) -> {
          s.load(x, at, n, s.a);
          apply(activation, s.a, n);
          s.store(s.a, n, y, at);
        });
  }

  static Task activateGradient(Activation activation, Buffer dY, Buffer y, Buffer dX) {
    return blocks(
        dX.type().size(),
        (s, at, n) -> {
          s.load(dY, at, n, s.a);
          s.load(y, at, n, s.b);
          differentiate(activation, s.a, s.b, n);
          s.store(s.a, n, dX, at);
        });
  }

  static Task addScaled(double alpha, double beta, Buffer x, Buffer y, Buffer z) {
    return blocks(
        z.type().size(),
        (s, at, n) -> {
          double[] a = s.a;
          double[] b = s.b;
          s.load(x, at, n, a);
          s.load(y, at, n, b);
          for (int i = 0; i < n; i++) {
            a[i] = alpha * a[i] + beta * b[i];
          }
          s.store(a, n, z, at);
        });
  }

  static Task binary(Binary.Kind kind, Buffer x, Buffer y, Buffer z) {
    Shape shape = z.type().shape();
    View xs = View.of(x.type().shape(), shape);
    View ys = View.of(y.type().shape(), shape);
    long columns = xs.isFlat(shape) && ys.isFlat(shape) ? shape.size() : shape.columns();
    return rowBlocks(
        shape.size(),
        columns,
        (s, i, j, n) -> {
          s.load(x, xs, i, j, n, s.a);
          s.load(y, ys, i, j, n, s.b);
          apply(kind, s.a, s.b, n);
          s.store(s.a, n, z, i * columns + j);
        });
  }

  private static void apply(Unary.Function function, double[] x, int n) {
    switch (function) {
      case ABS -> {
        for (int i = 0; i < n; i++) {
          x[i] = Math.abs(x[i]);
        }
      }
      case EXP -> {
        for (int i = 0; i < n; i++) {
          x[i] = Math.exp(x[i]);
        }
      }
      case LOG -> {
        for (int i = 0; i < n; i++) {
          x[i] = Math.log(x[i]);
        }
      }
      case NEGATE -> {
        for (int i = 0; i < n; i++) {
          x[i] = -x[i];
        }
      }
      case RECIPROCAL -> {
        for (int i = 0; i < n; i++) {
          x[i] = 1 / x[i];
        }
      }
      case SIGN -> {
        for (int i = 0; i < n; i++) {
          x[i] = Math.signum(x[i]);
        }
      }
      case SQRT -> {
        for (int i = 0; i < n; i++) {
          x[i] = Math.sqrt(x[i]);
        }
      }
      case SQUARE -> {
        for (int i = 0; i < n; i++) {
          x[i] = x[i] * x[i];
        }
      }
    }
  }

  private static void apply(Activation activation, double[] x, int n) {
    switch (activation) {
      case IDENTITY -> {}
      case RELU -> {
        for (int i = 0; i < n; i++) {
          x[i] = Math.max(x[i], 0); // keeps NaN
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          x[i] = 1 / (1 + Math.exp(-x[i]));
        }
      }
      case TANH -> {
        for (int i = 0; i < n; i++) {
          x[i] = Math.tanh(x[i]);
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i++) {
          x[i] = Activation.GELU.apply(x[i]);
        }
      }
    }
  }

  /** d = d ∘ φ'(y). */
  static void differentiate(Activation activation, double[] d, double[] y, int n) {
    switch (activation) {
      case IDENTITY -> {}
      case RELU -> {
        for (int i = 0; i < n; i++) {
          d[i] = whereGreaterZero(y[i], d[i]);
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          d[i] *= y[i] * (1 - y[i]);
        }
      }
      case TANH -> {
        for (int i = 0; i < n; i++) {
          d[i] *= 1 - y[i] * y[i];
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i++) {
          d[i] *= Activation.GELU.derivative(y[i]);
        }
      }
    }
  }

  /**
   * d if y &gt; 0, else 0, without a branch: its outcome is as good as random, and a branch guessed
   * wrong costs as much as some ten elements. As integers, doubles above 0 are from 1 to infinity.
   */
  private static double whereGreaterZero(double y, double d) {
    long bits = Double.doubleToRawLongBits(y);
    long zeroOrBelow = (bits - 1) >> 63;
    long aboveInfinity = (INFINITY - bits) >> 63; // NaN, and by overflow -0
    long kept = Double.doubleToRawLongBits(d) & ~(zeroOrBelow | aboveInfinity);
    return Double.longBitsToDouble(kept);
  }

  private static void apply(Binary.Kind kind, double[] x, double[] y, int n) {
    switch (kind) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          x[i] += y[i];
        }
      }
      case SUBTRACT -> {
        for (int i = 0; i < n; i++) {
          x[i] -= y[i];
        }
      }
      case MULTIPLY -> {
        for (int i = 0; i < n; i++) {
          x[i] *= y[i];
        }
      }
      case DIVIDE -> {
        for (int i = 0; i < n; i++) {
          x[i] /= y[i];
        }
      }
      case MAXIMUM -> {
        for (int i = 0; i < n; i++) {
          x[i] = Math.max(x[i], y[i]);
        }
      }
      case MINIMUM -> {
        for (int i = 0; i < n; i++) {
          x[i] = Math.min(x[i], y[i]);
        }
      }
      case EQUAL -> {
        for (int i = 0; i < n; i++) {
          x[i] = x[i] == y[i] ? 1 : 0;
        }
      }
      case GREATER_EQUAL -> {
        for (int i = 0; i < n; i++) {
          x[i] = x[i] >= y[i] ? 1 : 0;
        }
      }
    }
  }
}
