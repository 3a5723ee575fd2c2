package dev.lamina.cuda.natives;

import jcuda.driver.CUstream;

/** A stream of JCuda whose native handle can be given to functions that JCuda does not have. */
public final class NativeStream extends CUstream {
  /** A stream that has not been created yet. */
  public NativeStream() {}

  /** The native handle, 0 before the stream is created. */
  public long address() {
    return getNativePointer();
  }
}
