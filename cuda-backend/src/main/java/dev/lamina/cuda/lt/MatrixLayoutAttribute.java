package dev.lamina.cuda.lt;

/** Attributes of a matrix: cublasLtMatrixLayoutAttribute_t. */
enum MatrixLayoutAttribute implements Attribute {
  /** Type of its elements. */
  TYPE(0, 4),

  /** 0 column-major, 1 row-major. */
  ORDER(1, 4),

  /** Number of rows. */
  ROWS(2, 8),

  /** Number of columns. */
  COLS(3, 8),

  /** Elements from one column to the next. */
  LD(4, 8),

  /** How many matrices. */
  BATCH_COUNT(5, 4),

  /** Elements from one matrix to the next. */
  STRIDED_BATCH_OFFSET(6, 8);

  private final int value;
  private final int bytes;

  MatrixLayoutAttribute(int value, int bytes) {
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
