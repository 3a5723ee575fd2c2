package dev.lamina.cuda.lt;

/** What is done to the product before it is stored: cublasLtEpilogue_t. */
public enum Epilogue {
  /** Nothing. */
  DEFAULT(1),

  /** max(x, 0). */
  RELU(2),

  /** A bias, one element per row of D, is added. */
  BIAS(4),

  /** Bias, then ReLU. */
  RELU_BIAS(6),

  /** GELU in its tanh form. */
  GELU(32),

  /** Bias, then GELU. */
  GELU_BIAS(36),

  /** ReLU; which elements were positive goes to the auxiliary bit mask. */
  RELU_AUX(130),

  /** Bias, then ReLU with the mask. */
  RELU_AUX_BIAS(134),

  /** The gradient of ReLU, by the mask. */
  DRELU(136),

  /** The gradient of ReLU; its sums over the columns are the gradient of the bias. */
  DRELU_BGRAD(152),

  /** GELU; its argument goes to the auxiliary matrix. */
  GELU_AUX(160),

  /** Bias, then GELU with the auxiliary matrix. */
  GELU_AUX_BIAS(164),

  /** The gradient of GELU, by the auxiliary matrix. */
  DGELU(192),

  /** The gradient of GELU; its sums over the columns are the gradient of the bias. */
  DGELU_BGRAD(208),

  /** The sums of A over k are the gradient of the bias. */
  BGRADA(256),

  /** The sums of B over k are the gradient of the bias. */
  BGRADB(512);

  private final int value;

  Epilogue(int value) {
    this.value = value;
  }

  /** Its number in cuBLAS. */
  public int value() {
    return value;
  }
}
