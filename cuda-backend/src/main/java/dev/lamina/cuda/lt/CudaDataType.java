package dev.lamina.cuda.lt;

import dev.lamina.type.DType;

/** How an element is stored: cudaDataType. */
public enum CudaDataType {
  /** fp32. */
  R_32F(0, 4),

  /** fp64. */
  R_64F(1, 8),

  /** IEEE half. */
  R_16F(2, 2),

  /** Signed byte. */
  R_8I(3, 1),

  /** Signed 32-bit integer. */
  R_32I(10, 4),

  /** bfloat16. */
  R_16BF(14, 2),

  /** 8-bit floating point with 4 bits of exponent. */
  R_8F_E4M3(28, 1),

  /** 8-bit floating point with 5 bits of exponent. */
  R_8F_E5M2(29, 1);

  private final int value;
  private final int bytes;

  CudaDataType(int value, int bytes) {
    this.value = value;
    this.bytes = bytes;
  }

  /** How a tensor's elements are stored. */
  public static CudaDataType of(DType dtype) {
    return switch (dtype) {
      case FP32 -> R_32F;
      case FP64 -> R_64F;
      case BF16 -> R_16BF;
      case INT32, UINT8 -> throw new IllegalArgumentException("matrices of " + dtype);
    };
  }

  /** Its number in cuBLAS. */
  public int value() {
    return value;
  }

  /** Size of an element in bytes. */
  public int bytes() {
    return bytes;
  }
}
