package dev.lamina.cuda.lt;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Describes D = epilogue(alpha · op(A) · op(B) + beta · C), without the matrices' sizes. */
public final class MatmulDesc extends NativeObject {
  private final ComputeType computeType;
  private final CudaDataType scaleType;
  private boolean transposeA;
  private boolean transposeB;
  private Epilogue epilogue = Epilogue.DEFAULT;

  MatmulDesc(CublasLt library, ComputeType computeType, CudaDataType scaleType) {
    super(
        library,
        library.create(
            LtFunction.DESC_CREATE,
            "matmul " + computeType + ", scaled by " + scaleType,
            computeType.value(),
            scaleType.value()));
    this.computeType = computeType;
    this.scaleType = scaleType;
    if (scaleType != CudaDataType.R_32F && scaleType != CudaDataType.R_64F) {
      close();
      throw new IllegalArgumentException("expected R_32F or R_64F to scale by, got " + scaleType);
    }
  }

  /** Sets op(A) and op(B). */
  public MatmulDesc transpose(boolean a, boolean b) {
    set(LtFunction.DESC_SET, MatmulDescAttribute.TRANSA, a ? 1 : 0);
    set(LtFunction.DESC_SET, MatmulDescAttribute.TRANSB, b ? 1 : 0);
    transposeA = a;
    transposeB = b;
    return this;
  }

  /** Sets what is done to the product. */
  public MatmulDesc epilogue(Epilogue value) {
    set(LtFunction.DESC_SET, MatmulDescAttribute.EPILOGUE, value.value());
    epilogue = value;
    return this;
  }

  /** Sets the device address of the bias, or of its gradient; it has the type of D. */
  public MatmulDesc biasPointer(long address) {
    set(LtFunction.DESC_SET, MatmulDescAttribute.BIAS_POINTER, address);
    return this;
  }

  /** Sets the type of the bias, where it is not that of D. */
  public MatmulDesc biasType(CudaDataType type) {
    set(LtFunction.DESC_SET, MatmulDescAttribute.BIAS_DATA_TYPE, type.value());
    return this;
  }

  /**
   * Sets the mask of ReLU or the auxiliary matrix of GELU.
   *
   * @param leadingDimension of a mask in bits, a multiple of 128; of a matrix in elements, a
   *     multiple of 8
   */
  public MatmulDesc auxiliary(long address, long leadingDimension) {
    set(LtFunction.DESC_SET, MatmulDescAttribute.EPILOGUE_AUX_POINTER, address);
    set(LtFunction.DESC_SET, MatmulDescAttribute.EPILOGUE_AUX_LD, leadingDimension);
    return this;
  }

  /** Sets the type of GELU's auxiliary matrix, where it is not that of D. */
  public MatmulDesc auxiliaryType(CudaDataType type) {
    set(LtFunction.DESC_SET, MatmulDescAttribute.EPILOGUE_AUX_DATA_TYPE, type.value());
    return this;
  }

  MemorySegment scalar(Arena arena, double value) {
    return scaleType == CudaDataType.R_64F
        ? arena.allocateFrom(ValueLayout.JAVA_DOUBLE, value)
        : arena.allocateFrom(ValueLayout.JAVA_FLOAT, (float) value);
  }

  @Override
  void destroy(long address) {
    library.destroy(LtFunction.DESC_DESTROY, this, address);
  }

  @Override
  public String toString() {
    return "matmul "
        + (transposeA ? "t" : "n")
        + (transposeB ? "t" : "n")
        + " "
        + computeType
        + " "
        + epilogue;
  }
}
