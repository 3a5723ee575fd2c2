package dev.lamina.cuda.lt;

/** Describes a column-major matrix, or several of one size. */
public final class MatrixLayout extends NativeObject {
  private final CudaDataType type;
  private final long rows;
  private final long columns;
  private final long leadingDimension;

  MatrixLayout(
      CublasLt library, CudaDataType type, long rows, long columns, long leadingDimension) {
    if (rows < 1 || columns < 1 || leadingDimension < rows) {
      throw new IllegalArgumentException(
          "expected extents from 1 and a leading dimension not below the rows, got "
              + text(type, rows, columns, leadingDimension));
    }
    super(
        library,
        library.create(
            LtFunction.LAYOUT_CREATE,
            text(type, rows, columns, leadingDimension),
            type.value(),
            rows,
            columns,
            leadingDimension));
    this.type = type;
    this.rows = rows;
    this.columns = columns;
    this.leadingDimension = leadingDimension;
  }

  /**
   * Makes it several matrices.
   *
   * @param stride elements from one to the next
   */
  public MatrixLayout batch(int count, long stride) {
    set(LtFunction.LAYOUT_SET, MatrixLayoutAttribute.BATCH_COUNT, count);
    set(LtFunction.LAYOUT_SET, MatrixLayoutAttribute.STRIDED_BATCH_OFFSET, stride);
    return this;
  }

  @Override
  void destroy(long address) {
    library.destroy(LtFunction.LAYOUT_DESTROY, this, address);
  }

  @Override
  public String toString() {
    return text(type, rows, columns, leadingDimension);
  }

  private static String text(CudaDataType type, long rows, long columns, long leadingDimension) {
    return type + " [" + rows + " x " + columns + ", ld " + leadingDimension + "]";
  }
}
