package dev.lamina.cuda.lt;

/** A handle of cuBLASLt, for the CUDA context that was current when it was made. */
public final class LtHandle extends NativeObject {
  LtHandle(CublasLt library, long address) {
    super(library, address);
  }

  /** Its native handle. */
  public long handle() {
    return address();
  }

  @Override
  void destroy(long address) {
    library.destroy(LtFunction.DESTROY, this, address);
  }

  @Override
  public String toString() {
    return "cuBLASLt handle";
  }
}
