package dev.lamina.cuda.formula;

import dev.lamina.type.DType;

/** A number that a formula's kernel takes as a parameter, and its value for one formula. */
public sealed interface Parameter {
  /**
   * A constant.
   *
   * @param type what the kernel takes: FP32 where elements are computed in FP32, FP64 where they
   *     are not and for what is computed once for all elements
   */
  record Constant(double value, DType type) implements Parameter {}

  /** How many elements come before a place. */
  record Limit(long value) implements Parameter {}

  /** Which sequence of random numbers. */
  record Stream(int value) implements Parameter {}
}
