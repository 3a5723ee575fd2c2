package dev.lamina.cuda.lt;

/** What a call answers: cublasStatus_t. */
public enum Status {
  /** It was done. */
  SUCCESS(0),

  /** There is no handle, or CUDA is not initialised. */
  NOT_INITIALIZED(1),

  /** There is not enough memory. */
  ALLOC_FAILED(3),

  /** An argument cannot be right. */
  INVALID_VALUE(7),

  /** The GPU does not have it. */
  ARCH_MISMATCH(8),

  /** GPU memory could not be reached. */
  MAPPING_ERROR(11),

  /** A kernel could not be started or failed. */
  EXECUTION_FAILED(13),

  /** An operation within cuBLAS failed. */
  INTERNAL_ERROR(14),

  /** The combination of arguments is not supported. */
  NOT_SUPPORTED(15),

  /** No licence. */
  LICENSE_ERROR(16);

  private final int value;

  Status(int value) {
    this.value = value;
  }

  /** Its number in cuBLAS. */
  public int value() {
    return value;
  }

  /** NVIDIA's name of a number, and the number. */
  public static String describe(int value) {
    for (Status status : values()) {
      if (status.value == value) {
        return "CUBLAS_STATUS_" + status + " (" + value + ")";
      }
    }
    return "unknown cuBLAS status " + value;
  }
}
