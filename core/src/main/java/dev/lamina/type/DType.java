package dev.lamina.type;

/** The type of a tensor's elements. */
public enum DType {
  /** IEEE 754 single precision, 4 bytes. */
  FP32(4, true),
  /** IEEE 754 double precision, 8 bytes. */
  FP64(8, true),
  /**
   * bfloat16, 2 bytes: FP32's sign and exponent with 7 bits of mantissa. For weights and
   * activations; losses and optimizers compute in FP32.
   */
  BF16(2, true),
  /** Signed 32-bit integer, 4 bytes: class labels, indices, counters. */
  INT32(4, false),
  /** Unsigned 8-bit integer, 1 byte: grey values of images. */
  UINT8(1, false);

  private final int bytes;
  private final boolean floating;

  DType(int bytes, boolean floating) {
    this.bytes = bytes;
    this.floating = floating;
  }

  /** The size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Whether this is a floating-point type, on which arithmetic is defined. */
  public boolean isFloating() {
    return floating;
  }

  /** Whether parameters, losses and optimizers may be of this type: floating, and not BF16. */
  public boolean isFull() {
    return floating && this != BF16;
  }

  /** What is computed in where this type is stored: FP32 for BF16, else this type itself. */
  public DType full() {
    return this == BF16 ? FP32 : this;
  }
}
