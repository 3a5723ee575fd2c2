package dev.lamina.cuda.natives;

import jcuda.driver.CUdeviceptr;

/** A device pointer of JCuda whose address is known. */
public final class NativeDevicePointer extends CUdeviceptr {
  /** A pointer that has not been allocated yet. */
  public NativeDevicePointer() {}

  private NativeDevicePointer(NativeDevicePointer base, long offset) {
    super(base, offset);
  }

  /** This pointer so many bytes further. */
  @Override
  public NativeDevicePointer withByteOffset(long offset) {
    return new NativeDevicePointer(this, offset);
  }

  /** The device address, 0 before it is allocated. */
  public long address() {
    return getNativePointer() + getByteOffset();
  }
}
