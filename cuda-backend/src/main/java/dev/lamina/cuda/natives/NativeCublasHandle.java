package dev.lamina.cuda.natives;

import jcuda.jcublas.cublasHandle;

/** A cuBLAS handle of JCublas whose native handle can be given to cuBLASLt, which accepts it. */
public final class NativeCublasHandle extends cublasHandle {
  /** A handle that has not been created yet. */
  public NativeCublasHandle() {}

  /** The native handle, 0 before it is created. */
  public long address() {
    return getNativePointer();
  }
}
