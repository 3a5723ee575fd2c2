package dev.lamina.cuda.lt;

/** How the parts of a split-k product are summed: cublasLtReductionScheme_t, to be combined. */
public enum ReductionScheme {
  /** Not split. */
  NONE(0),

  /** Summed in D. */
  INPLACE(1),

  /** Summed in the workspace, in the compute type. */
  COMPUTE_TYPE(2),

  /** Summed in the workspace, in the type of D. */
  OUTPUT_TYPE(4);

  private final int value;

  ReductionScheme(int value) {
    this.value = value;
  }

  /** Its number in cuBLAS. */
  public int value() {
    return value;
  }
}
