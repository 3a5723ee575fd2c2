package dev.lamina.oracle;

import dev.lamina.type.DType;

/** Element types seen from double precision: how they round, and how finely they resolve. */
public final class Rounding {
  /** Epsilons that a well-made elementary function may be off. */
  static final double FUNCTION = 8;

  private Rounding() {}

  /**
   * The element of this type that a double becomes, by the rules of {@link
   * dev.lamina.op.Elementwise#cast}.
   */
  public static double round(double value, DType dtype) {
    return switch (dtype) {
      case FP64 -> value;
      case FP32 -> (float) value;
      case BF16 -> nearestBf16(value);
      case INT32 -> (int) value;
      case UINT8 -> Math.max(0, Math.min(255, (int) value));
    };
  }

  /** On the grid of numbers with 8 significant bits that the value's exponent has. */
  private static double nearestBf16(double value) {
    int exponent = Math.max(Math.getExponent(value), Float.MIN_EXPONENT);
    if (Double.isNaN(value) || exponent > Float.MAX_EXPONENT) {
      return Math.signum(value) * Double.POSITIVE_INFINITY;
    }
    double step = Math.scalb(1.0, exponent - 7);
    double rounded = Math.rint(value / step) * step;
    return Math.abs(rounded) > largest(DType.BF16) ? rounded * Double.POSITIVE_INFINITY : rounded;
  }

  /**
   * The distance from 1 to the next number in the type that is computed in, which for BF16 is FP32;
   * 0 for integers.
   */
  public static double epsilon(DType dtype) {
    return switch (dtype) {
      case FP64 -> 0x1p-52;
      case FP32, BF16 -> 0x1p-23;
      case INT32, UINT8 -> 0;
    };
  }

  /**
   * How far a number of this size is moved, at most, by being stored more narrowly than computed.
   */
  public static double stored(DType dtype, double value) {
    return dtype == DType.BF16 ? Math.abs(value) * 0x1p-8 : 0;
  }

  /** The same in units of epsilon. */
  static double storedError(DType dtype, double value) {
    return dtype == DType.BF16 ? stored(dtype, value) / epsilon(dtype) : 0;
  }

  /** The smallest positive number. */
  public static double smallest(DType dtype) {
    return switch (dtype) {
      case FP64 -> Double.MIN_VALUE;
      case FP32 -> Float.MIN_VALUE;
      case BF16 -> 0x1p-133;
      case INT32, UINT8 -> 0;
    };
  }

  /** The largest number. */
  public static double largest(DType dtype) {
    return switch (dtype) {
      case FP64 -> Double.MAX_VALUE;
      case FP32 -> Float.MAX_VALUE;
      case BF16 -> 0x1.FEp127;
      case INT32 -> Integer.MAX_VALUE;
      case UINT8 -> 255;
    };
  }

  /** In units of epsilon, an error that lets results below the normal range be flushed to zero. */
  static double flush(DType dtype) {
    return switch (dtype) {
      case FP64 -> Double.MIN_NORMAL / 0x1p-52;
      case FP32, BF16 -> Float.MIN_NORMAL / 0x1p-23;
      case INT32, UINT8 -> 0;
    };
  }
}
