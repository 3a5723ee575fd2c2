package dev.lamina.cuda.lt;

/** Attributes of a matrix product: cublasLtMatmulDescAttributes_t. The numbers have gaps. */
enum MatmulDescAttribute implements Attribute {
  /** How products are summed. */
  COMPUTE_TYPE(0, 4),

  /** Type of alpha and beta. */
  SCALE_TYPE(1, 4),

  /** Where alpha and beta lie; 0 is the host. */
  POINTER_MODE(2, 4),

  /** op(A): 0 as it is, 1 transposed. */
  TRANSA(3, 4),

  /** op(B): 0 as it is, 1 transposed. */
  TRANSB(4, 4),

  /** What is done to the product. */
  EPILOGUE(7, 4),

  /** Device address of the bias or its gradient. */
  BIAS_POINTER(8, 8),

  /** Elements from one bias to the next. */
  BIAS_BATCH_STRIDE(10, 8),

  /** Device address of the mask or auxiliary matrix. */
  EPILOGUE_AUX_POINTER(11, 8),

  /** Its leading dimension: bits for ReLU, elements for GELU. */
  EPILOGUE_AUX_LD(12, 8),

  /** Its stride from one matrix to the next. */
  EPILOGUE_AUX_BATCH_STRIDE(13, 8),

  /** How many multiprocessors to plan for. */
  SM_COUNT_TARGET(15, 4),

  /** Type of the auxiliary matrix. */
  EPILOGUE_AUX_DATA_TYPE(22, 4),

  /** Type of the bias. */
  BIAS_DATA_TYPE(26, 4);

  private final int value;
  private final int bytes;

  MatmulDescAttribute(int value, int bytes) {
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
