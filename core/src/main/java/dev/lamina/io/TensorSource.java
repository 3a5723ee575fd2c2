package dev.lamina.io;

import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * A named tensor whose elements are read piece by piece, so that what is copied from one place to
 * another need not lie in host memory as a whole.
 */
public interface TensorSource {
  /** Its name, as in PyTorch's state_dict: {@code 0.weight}. */
  String name();

  /** Its element type and shape. */
  TensorType type();

  /**
   * Copies elements, row-major.
   *
   * @param offset the first of the tensor's bytes to copy, a multiple of the element size
   * @param target filled whole, a multiple of the element size; heap or native memory
   */
  void read(long offset, MemorySegment target);
}
