package dev.lamina.cuda.lt;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An object that cuBLASLt made and that must be given back once. */
abstract class NativeObject implements AutoCloseable {
  final CublasLt library;
  private long address;

  NativeObject(CublasLt library, long address) {
    this.library = library;
    this.address = address;
  }

  /** Its native handle. */
  final long address() {
    if (address == 0) {
      throw new IllegalStateException(this + " is closed");
    }
    return address;
  }

  /** Gives it back to cuBLASLt. */
  abstract void destroy(long address);

  /** Frees it; closing twice does nothing. */
  @Override
  public final void close() {
    if (address != 0) {
      long closing = address;
      address = 0;
      destroy(closing);
    }
  }

  final void set(LtFunction function, Attribute attribute, long value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(attribute.bytes(), 8);
      if (attribute.bytes() == 4) {
        if (value != (int) value && value != Integer.toUnsignedLong((int) value)) {
          throw new IllegalArgumentException(attribute + " takes 4 bytes, got " + value);
        }
        segment.set(ValueLayout.JAVA_INT, 0, (int) value);
      } else {
        segment.set(ValueLayout.JAVA_LONG, 0, value);
      }
      library.setAttribute(function, address(), attribute, segment, this);
    }
  }
}
