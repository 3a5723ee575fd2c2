package dev.lamina.cuda.lt;

/** What to ask of an algorithm: cublasLtMatmulPreferenceAttributes_t. */
enum MatmulPreferenceAttribute implements Attribute {
  /** How to search. */
  SEARCH_MODE(0, 4),

  /** How much workspace there is; 0 unless set. */
  MAX_WORKSPACE_BYTES(1, 8),

  /** Which ways of split-k sums are allowed. */
  REDUCTION_SCHEME_MASK(3, 4),

  /** Alignment of A. */
  MIN_ALIGNMENT_A_BYTES(5, 4),

  /** Alignment of B. */
  MIN_ALIGNMENT_B_BYTES(6, 4),

  /** Alignment of C. */
  MIN_ALIGNMENT_C_BYTES(7, 4),

  /** Alignment of D. */
  MIN_ALIGNMENT_D_BYTES(8, 4),

  /** Most waves of thread blocks. */
  MAX_WAVES_COUNT(9, 4),

  /** Which kinds of instructions are allowed. */
  IMPL_MASK(12, 8);

  private final int value;
  private final int bytes;

  MatmulPreferenceAttribute(int value, int bytes) {
    this.value = value;
    this.bytes = bytes;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public int bytes() {
    return bytes;
  }
}
