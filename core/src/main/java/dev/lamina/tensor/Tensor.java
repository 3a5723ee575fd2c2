package dev.lamina.tensor;

import dev.lamina.op.TensorOperations;
import java.lang.foreign.MemorySegment;

/**
 * A tensor on a device, row-major. Operations run at once; operands must be on the same backend.
 * The result goes into the arena of the tensor that the operation is called on, or into that of
 * another operand which is a {@linkplain TensorArena#temporary temporary arena} of it. {@link #in}
 * chooses another arena, and after {@link #inPlace} the result overwrites the tensor itself.
 *
 * <p>Reshaping, transposing and slicing rows make views that share memory. What is computed of
 * tensors is listed in {@link TensorOperations}; a {@link dev.lamina.graph.Value} has the same.
 *
 * <p>Wrong shapes or types throw {@link dev.lamina.type.ShapeException}; use after the arena was
 * closed throws {@link IllegalStateException} with the names of tensor and arena.
 */
public interface Tensor extends TensorOperations<Tensor> {
  /** Where its memory belongs. */
  TensorArena arena();

  // Views.

  /** The same elements in another shape; one extent may be -1 and is worked out. */
  @Override
  Tensor reshape(long... extents);

  /** The transpose of a matrix, without copying. */
  @Override
  Tensor transpose();

  /** The rows {@code from} to {@code to} (exclusive), without copying. */
  @Override
  Tensor rows(long from, long to);

  /**
   * This tensor, for operations whose results belong to another arena: {@code w.in(step).exp()}.
   *
   * @param results on the same backend
   */
  Tensor in(TensorArena results);

  /**
   * This tensor, for one operation whose result overwrites it: {@code x.inPlace().add(y)} adds y to
   * x and returns x. Any operation may be called whose result has this tensor's type; elementwise
   * ones, activations and softmax take no memory for it. The views of this tensor see the result.
   *
   * @throws dev.lamina.type.ShapeException if it is a transposed view
   */
  Tensor inPlace();

  // Products.

  /**
   * Accumulating product, in place: this [m, n] ← α a·b + β this. Transposed views of a and b are
   * not copied; this must not be one.
   *
   * @return this
   */
  Tensor gemm(double alpha, Tensor a, Tensor b, double beta);

  // Copies and conversions.

  /** A copy with memory of its own; a transposed view becomes contiguous. */
  @Override
  Tensor copy();

  /** A copy in another arena, on the same or another backend; it is not recorded on a tape. */
  Tensor to(TensorArena target);

  /** Overwrites the elements with those of a tensor of the same type, from any backend. */
  void assign(Tensor source);

  /** The only element of a tensor of one. */
  double item();

  /** All elements, row-major; FP32 only. */
  float[] toFloats();

  /** All elements, row-major, of any type. */
  double[] toDoubles();

  /** All elements, row-major; INT32 only. */
  int[] toInts();

  /** All elements, row-major; UINT8 only. */
  byte[] toBytes();

  /** Copies all elements, row-major, to host memory of exactly the size. */
  void read(MemorySegment target);

  /** Overwrites all elements, row-major, from host memory of exactly the size. */
  void write(MemorySegment source);
}
