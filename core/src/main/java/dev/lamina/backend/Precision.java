package dev.lamina.backend;

/** In which number formats a network is trained. Sums are formed in FP32 in any case. */
public enum Precision {
  /** Everything in FP32, products in true FP32: 23 bits of mantissa. */
  FP32,

  /**
   * Everything is stored as FP32, products are computed on an NVIDIA GPU's tensor cores, operands
   * rounded to TF32: 10 bits of mantissa and FP32's range of exponents. Needs compute capability
   * 8.0, whose tensor cores do several times the products of its FP32 units; older devices compute
   * in FP32.
   */
  TF32,

  /**
   * Mixed precision (Micikevicius et al., 2018): in training, weights, activations and their
   * gradients are BF16, 7 bits of mantissa and FP32's range of exponents, so that no scaling of the
   * loss is needed. Parameters proper, their gradients, losses and the optimizer stay FP32.
   * Products that remain in FP32, as in evaluation, are as with {@link #TF32}. Needs compute
   * capability 8.0, whose tensor cores multiply BF16 at twice the rate of TF32; older devices
   * compute in FP32.
   */
  BF16
}
