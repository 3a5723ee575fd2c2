package dev.lamina.cuda.lt;

/** How products are formed and summed: cublasComputeType_t. */
public enum ComputeType {
  /** In half precision. */
  COMPUTE_16F(64),

  /** In fp32: true fp32 for fp32 operands, tensor cores for bf16. */
  COMPUTE_32F(68),

  /** In fp32 with neither tensor cores nor reordering. */
  COMPUTE_32F_PEDANTIC(69),

  /** In fp64. */
  COMPUTE_64F(70),

  /** fp32 operands are rounded to half. */
  COMPUTE_32F_FAST_16F(74),

  /** fp32 operands are rounded to bfloat16. */
  COMPUTE_32F_FAST_16BF(75),

  /** fp32 operands are rounded to TF32 (10 bits of mantissa). */
  COMPUTE_32F_FAST_TF32(77);

  private final int value;

  ComputeType(int value) {
    this.value = value;
  }

  /** Its number in cuBLAS. */
  public int value() {
    return value;
  }
}
