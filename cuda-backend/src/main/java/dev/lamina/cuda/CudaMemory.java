package dev.lamina.cuda;

import dev.lamina.backend.Memory;
import dev.lamina.cuda.natives.NativeDevicePointer;
import java.lang.foreign.MemorySegment;

/** One allocation on a GPU. */
final class CudaMemory implements Memory {
  private final CudaBackend backend;
  private final String label;
  private final long bytes;
  private final NativeDevicePointer pointer;
  private volatile boolean closed; // the thread that feeds a ring looks at it out of turn

  CudaMemory(CudaBackend backend, String label, long bytes, NativeDevicePointer pointer) {
    this.backend = backend;
    this.label = label;
    this.bytes = bytes;
    this.pointer = pointer;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public long byteSize() {
    return bytes;
  }

  /** Its device address. */
  long address() {
    checkOpen();
    return pointer.address();
  }

  NativeDevicePointer pointer() {
    return pointer;
  }

  CudaBackend backend() {
    return backend;
  }

  void checkOpen() {
    if (closed) {
      throw new IllegalStateException(
          "the memory of " + label + " (" + bytes + " bytes) on cuda was used after it was closed");
    }
  }

  @Override
  public void write(long offset, MemorySegment source) {
    backend.alone(() -> copyFrom(source, offset));
  }

  private void copyFrom(MemorySegment source, long offset) {
    NativeDevicePointer start = range("write", offset, source.byteSize());
    if (source.byteSize() > 0) {
      backend
          .enter()
          .staging()
          .write(start, source, "copying " + source.byteSize() + " bytes to " + label);
    }
  }

  @Override
  public void read(long offset, MemorySegment target) {
    backend.alone(() -> copyTo(target, offset));
  }

  private void copyTo(MemorySegment target, long offset) {
    NativeDevicePointer start = range("read", offset, target.byteSize());
    if (target.byteSize() > 0) {
      backend
          .enter()
          .staging()
          .read(start, target, "copying " + target.byteSize() + " bytes from " + label);
    }
  }

  /** Where so many bytes lie that something is done with. */
  NativeDevicePointer range(String what, long offset, long length) {
    checkOpen();
    if (offset < 0 || length > bytes - offset) {
      throw new IndexOutOfBoundsException(
          what
              + " of "
              + length
              + " bytes at "
              + offset
              + " does not fit "
              + label
              + " of "
              + bytes
              + " bytes");
    }
    return pointer.withByteOffset(offset);
  }

  @Override
  public void close() {
    backend.alone(() -> {
      if (!closed) {
        closed = true;
        backend.free(this);
      }
    });
  }
}
