package dev.lamina.backend;

import java.lang.foreign.MemorySegment;

/**
 * Buffers of host memory whose content goes to a device while the device computes. One buffer is
 * filled while another one is on its way: see {@link Backend#uploads}.
 *
 * <p>Of one buffer, these follow one another:
 *
 * <ol>
 *   <li>{@link #await} gives the buffer to be filled, once nothing is copied out of it any more.
 *   <li>{@link #start} begins to copy it to the device, perhaps in several pieces.
 *   <li>{@link #arrive} lets what is launched from then on come after these copies.
 *   <li>{@link #release} lets the next copies out of this buffer come after what was launched so
 *       far, so that they may overwrite what the last ones brought.
 * </ol>
 *
 * <p>None of these waits for the device but {@link #await}. The first two may be called on another
 * thread than the one that uses the backend; who does so orders a {@code start} before its {@code
 * arrive}, and a {@code release} before the next {@code start}, as by a lock.
 */
public interface Uploads extends AutoCloseable {
  /** Waits until nothing is copied out of a buffer any more and gives it, to be filled. */
  MemorySegment await(int slot);

  /**
   * Begins to copy a part of a buffer to the device; may return before it is there.
   *
   * @param from where the part begins in the buffer
   * @param offset where it goes in the memory
   */
  void start(int slot, long from, Memory target, long offset, long bytes);

  /** Lets what is launched from now on come after the copies out of a buffer. */
  void arrive(int slot);

  /** Lets the copies out of a buffer from now on come after what was launched so far. */
  void release(int slot);

  /** Waits for the copies and frees the buffers; closing twice does nothing. */
  @Override
  void close();
}
