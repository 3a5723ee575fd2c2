package dev.lamina.backend;

/**
 * How matrices of FP32 are multiplied. Tensors are stored as FP32 and sums are formed in FP32
 * either way.
 */
public enum Precision {
  /** In true FP32: 23 bits of mantissa. */
  FP32,

  /**
   * On an NVIDIA GPU's tensor cores, operands rounded to TF32: 10 bits of mantissa and FP32's range
   * of exponents. Several times faster from compute capability 8.0 on. Devices without TF32 compute
   * in FP32.
   */
  TF32
}
