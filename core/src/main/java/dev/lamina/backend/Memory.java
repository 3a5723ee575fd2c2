package dev.lamina.backend;

import java.lang.foreign.MemorySegment;

/**
 * One allocation on a device. Its content is undefined at first. Offsets and sizes are in bytes.
 *
 * <p>Reading and writing wait for what was started before and are done when they return.
 */
public interface Memory extends AutoCloseable {
  /** What it is for, for messages. */
  String label();

  /** Its size in bytes. */
  long byteSize();

  /** Copies host memory (heap or native) to the device. */
  void write(long offset, MemorySegment source);

  /** Copies from the device to host memory (heap or native). */
  void read(long offset, MemorySegment target);

  /** Frees it once what uses it has ended; closing twice does nothing. */
  @Override
  void close();
}
