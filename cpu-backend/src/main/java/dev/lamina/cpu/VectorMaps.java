package dev.lamina.cpu;

import static dev.lamina.cpu.Lanes.F;
import static dev.lamina.cpu.Lanes.ORDER;
import static dev.lamina.cpu.Lanes.V;
import static dev.lamina.cpu.Lanes.all;
import static dev.lamina.cpu.Lanes.load;
import static dev.lamina.cpu.Lanes.rest;
import static dev.lamina.cpu.Lanes.store;

import dev.lamina.op.Activation;
import dev.lamina.op.Unary;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Functions of one operand. Every function has its own loop over whole vectors, because the JIT
 * compiler makes vector instructions only of what it can inline; the few elements at the end, which
 * take masks, share one method.
 *
 * <p>Where a function is long, the result is stored without a method of ours in between: the JIT
 * compiler stops to inline such methods when a loop has become large, and then allocates every
 * vector that is passed to one.
 */
final class VectorMaps {
  /** The functions that have a loop here. */
  private enum Function {
    ABS,
    EXP,
    NEGATE,
    RECIPROCAL,
    SIGN,
    SQRT,
    SQUARE,
    RELU,
    SIGMOID,
    TANH,
    GELU
  }

  private VectorMaps() {}

  /** Whether {@link #unary} knows a function. */
  static boolean has(Unary.Function function) {
    return function != Unary.Function.LOG;
  }

  static Task unary(Unary.Function function, Buffer x, Buffer y) {
    return map(
        switch (function) {
          case ABS -> Function.ABS;
          case EXP -> Function.EXP;
          case LOG -> throw new IllegalArgumentException(function.toString());
          case NEGATE -> Function.NEGATE;
          case RECIPROCAL -> Function.RECIPROCAL;
          case SIGN -> Function.SIGN;
          case SQRT -> Function.SQRT;
          case SQUARE -> Function.SQUARE;
        },
        x,
        y);
  }

  static Task activate(Activation activation, Buffer x, Buffer y) {
    return switch (activation) {
      case IDENTITY -> PlainData.copy(x, y);
      case RELU -> map(Function.RELU, x, y);
      case SIGMOID -> map(Function.SIGMOID, x, y);
      case TANH -> map(Function.TANH, x, y);
      case GELU -> map(Function.GELU, x, y);
    };
  }

  private static Task map(Function function, Buffer x, Buffer y) {
    MemorySegment in = x.segment();
    MemorySegment out = y.segment();
    return Tasks.of(
        Cut.elements(x.type().size()),
        (chunk, from, to) -> map(function, in, out, 4 * from, (int) (to - from)));
  }

  /** y = f(x) for n elements from byte {@code at} on. */
  private static void map(Function function, MemorySegment x, MemorySegment y, long at, int n) {
    int whole = F.loopBound(n);
    switch (function) {
      case ABS -> abs(x, y, at, whole);
      case EXP -> exp(x, y, at, whole);
      case NEGATE -> negate(x, y, at, whole);
      case RECIPROCAL -> reciprocal(x, y, at, whole);
      case SIGN -> sign(x, y, at, whole);
      case SQRT -> sqrt(x, y, at, whole);
      case SQUARE -> square(x, y, at, whole);
      case RELU -> relu(x, y, at, whole);
      case SIGMOID -> sigmoid(x, y, at, whole);
      case TANH -> tanh(x, y, at, whole);
      case GELU -> gelu(x, y, at, whole);
    }
    if (whole < n) {
      VectorMask<Float> mask = rest(whole, n);
      long end = at + 4L * whole;
      store(apply(function, load(x, end, mask)), y, end, mask);
    }
  }

  private static FloatVector apply(Function function, FloatVector x) {
    return switch (function) {
      case ABS -> x.abs();
      case EXP -> VectorMath.exp(x);
      case NEGATE -> x.neg();
      case RECIPROCAL -> all(1f).div(x);
      case SIGN -> VectorMath.sign(x);
      case SQRT -> x.sqrt();
      case SQUARE -> x.mul(x);
      case RELU -> VectorMath.relu(x);
      case SIGMOID -> VectorMath.sigmoid(x);
      case TANH -> VectorMath.tanh(x);
      case GELU -> VectorMath.gelu(x);
    };
  }

  private static void abs(MemorySegment x, MemorySegment y, long at, int n) {
    for (int i = 0; i < n; i += V) {
      store(load(x, at + 4L * i).abs(), y, at + 4L * i);
    }
  }

  private static void exp(MemorySegment x, MemorySegment y, long at, int n) {
    for (int i = 0; i < n; i += V) {
      VectorMath.exp(load(x, at + 4L * i)).intoMemorySegment(y, at + 4L * i, ORDER);
    }
  }

  private static void negate(MemorySegment x, MemorySegment y, long at, int n) {
    for (int i = 0; i < n; i += V) {
      store(load(x, at + 4L * i).neg(), y, at + 4L * i);
    }
  }

  private static void reciprocal(MemorySegment x, MemorySegment y, long at, int n) {
    for (int i = 0; i < n; i += V) {
      store(all(1f).div(load(x, at + 4L * i)), y, at + 4L * i);
    }
  }

  private static void sign(MemorySegment x, MemorySegment y, long at, int n) {
    for (int i = 0; i < n; i += V) {
      store(VectorMath.sign(load(x, at + 4L * i)), y, at + 4L * i);
    }
  }

  private static void sqrt(MemorySegment x, MemorySegment y, long at, int n) {
    for (int i = 0; i < n; i += V) {
      store(load(x, at + 4L * i).sqrt(), y, at + 4L * i);
    }
  }

  private static void square(MemorySegment x, MemorySegment y, long at, int n) {
    for (int i = 0; i < n; i += V) {
      FloatVector a = load(x, at + 4L * i);
      store(a.mul(a), y, at + 4L * i);
    }
  }

  private static void relu(MemorySegment x, MemorySegment y, long at, int n) {
    for (int i = 0; i < n; i += V) {
      store(VectorMath.relu(load(x, at + 4L * i)), y, at + 4L * i);
    }
  }

  private static void sigmoid(MemorySegment x, MemorySegment y, long at, int n) {
    for (int i = 0; i < n; i += V) {
      VectorMath.sigmoid(load(x, at + 4L * i)).intoMemorySegment(y, at + 4L * i, ORDER);
    }
  }

  private static void tanh(MemorySegment x, MemorySegment y, long at, int n) {
    for (int i = 0; i < n; i += V) {
      VectorMath.tanh(load(x, at + 4L * i)).intoMemorySegment(y, at + 4L * i, ORDER);
    }
  }

  private static void gelu(MemorySegment x, MemorySegment y, long at, int n) {
    for (int i = 0; i < n; i += V) {
      VectorMath.gelu(load(x, at + 4L * i)).intoMemorySegment(y, at + 4L * i, ORDER);
    }
  }

  static Task affine(double scale, double shift, Buffer x, Buffer y) {
    MemorySegment in = x.segment();
    MemorySegment out = y.segment();
    float factor = (float) scale;
    float summand = (float) shift;
    return Tasks.of(
        Cut.elements(x.type().size()),
        (chunk, from, to) -> affine(factor, summand, in, out, 4 * from, (int) (to - from)));
  }

  private static void affine(
      float scale, float shift, MemorySegment x, MemorySegment y, long at, int n) {
    int i = 0;
    for (; i < F.loopBound(n); i += V) {
      store(load(x, at + 4L * i).fma(scale, shift), y, at + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> mask = rest(i, n);
      store(load(x, at + 4L * i, mask).fma(scale, shift), y, at + 4L * i, mask);
    }
  }
}
