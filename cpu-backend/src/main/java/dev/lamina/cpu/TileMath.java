package dev.lamina.cpu;

import dev.lamina.op.Activation;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;

/** What follows a product, on a rectangle of a row-major matrix. Extents are in elements. */
interface TileMath {
  /** y ← max(0, y), NaN stays NaN. */
  void relu(DType dtype, MemorySegment y, long start, int rows, int columns, long stride);

  /**
   * z ← z ∘ φ'(f), where f has the layout of z, and the sums of z's columns into {@code sums} from
   * {@code sumStart}.
   */
  void gradient(
      DType dtype,
      Activation activation,
      MemorySegment z,
      MemorySegment f,
      long start,
      int rows,
      int columns,
      long stride,
      MemorySegment sums,
      long sumStart);
}
