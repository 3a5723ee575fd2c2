package dev.lamina.oracle;

import dev.lamina.type.DType;

/** Element types seen from double precision: how they round, and how finely they resolve. */
public final class Rounding {
  private Rounding() {}

  /** The element of this type that a double becomes, by the rules of {@link dev.lamina.op.Cast}. */
  public static double round(double value, DType dtype) {
    return switch (dtype) {
      case FP64 -> value;
      case FP32 -> (float) value;
      case INT32 -> (int) value;
      case UINT8 -> Math.max(0, Math.min(255, (int) value));
    };
  }

  /** The distance from 1 to the next number, 0 for integers. */
  public static double epsilon(DType dtype) {
    return switch (dtype) {
      case FP64 -> 0x1p-52;
      case FP32 -> 0x1p-23;
      case INT32, UINT8 -> 0;
    };
  }

  /** The smallest positive number. */
  public static double smallest(DType dtype) {
    return switch (dtype) {
      case FP64 -> Double.MIN_VALUE;
      case FP32 -> Float.MIN_VALUE;
      case INT32, UINT8 -> 0;
    };
  }

  /** The largest number. */
  public static double largest(DType dtype) {
    return switch (dtype) {
      case FP64 -> Double.MAX_VALUE;
      case FP32 -> Float.MAX_VALUE;
      case INT32 -> Integer.MAX_VALUE;
      case UINT8 -> 255;
    };
  }

  /** In units of epsilon, an error that lets results below the normal range be flushed to zero. */
  static double flush(DType dtype) {
    return switch (dtype) {
      case FP64 -> Double.MIN_NORMAL / 0x1p-52;
      case FP32 -> Float.MIN_NORMAL / 0x1p-23;
      case INT32, UINT8 -> 0;
    };
  }
}
