package dev.lamina.tensor;

import dev.lamina.op.Activation;
import dev.lamina.op.Reduce.Axis;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * A tensor on a device, row-major. Operations run at once; operands must be on the same backend.
 * The result goes into the arena of the tensor that the operation is called on, or into that of
 * another operand which is a {@linkplain TensorArena#temporary temporary arena} of it. {@link #in}
 * chooses another arena, and after {@link #inPlace} the result overwrites the tensor itself.
 *
 * <p>Reshaping, transposing and slicing rows make views that share memory. Binary operations
 * broadcast: the shapes are equal, or one operand is a single number, a row [n] or [1, n], or a
 * column [m, 1] of the other's shape [m, n].
 *
 * <p>Wrong shapes or types throw {@link dev.lamina.type.ShapeException}; use after the arena was
 * closed throws {@link IllegalStateException} with the names of tensor and arena.
 */
public interface Tensor {
  /** Element type and shape. */
  TensorType type();

  /** The shape. */
  default Shape shape() {
    return type().shape();
  }

  /** The element type. */
  default DType dtype() {
    return type().dtype();
  }

  /** Where its memory belongs. */
  TensorArena arena();

  // Views.

  /** The same elements in another shape; one extent may be -1 and is worked out. */
  Tensor reshape(long... extents);

  /** The transpose of a matrix, without copying. */
  Tensor transpose();

  /** The rows {@code from} to {@code to} (exclusive), without copying. */
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

  /** The matrix product of this [m, k] and b [k, n]; transposed views are not copied. */
  Tensor matmul(Tensor b);

  /**
   * Accumulating product, in place: this [m, n] ← α a·b + β this. Transposed views of a and b are
   * not copied; this must not be one.
   *
   * @return this
   */
  Tensor gemm(double alpha, Tensor a, Tensor b, double beta);

  // Elementwise.

  /** this + b. */
  Tensor add(Tensor b);

  /** this − b. */
  Tensor subtract(Tensor b);

  /** this · b, elementwise. */
  Tensor multiply(Tensor b);

  /** this / b, elementwise. */
  Tensor divide(Tensor b);

  /** The larger of both, elementwise; NaN if either is. */
  Tensor maximum(Tensor b);

  /** The smaller of both, elementwise; NaN if either is. */
  Tensor minimum(Tensor b);

  /** 1 where equal, else 0. */
  Tensor equal(Tensor b);

  /** 1 where this ≥ b, else 0. */
  Tensor greaterEqual(Tensor b);

  /** scale · this + shift. */
  Tensor affine(double scale, double shift);

  /** this + a number. */
  default Tensor add(double number) {
    return affine(1, number);
  }

  /** this · a number. */
  default Tensor multiply(double number) {
    return affine(number, 0);
  }

  /** −this. */
  Tensor negate();

  /** |this|. */
  Tensor abs();

  /** e to this. */
  Tensor exp();

  /** ln this. */
  Tensor log();

  /** √this. */
  Tensor sqrt();

  /** this². */
  Tensor square();

  /** 1 / this. */
  Tensor reciprocal();

  /** −1, 0 or 1. */
  Tensor sign();

  // Activations.

  /** φ(this). */
  Tensor activate(Activation activation);

  /** max(0, this). */
  default Tensor relu() {
    return activate(Activation.RELU);
  }

  /** 1 / (1 + e to −this). */
  default Tensor sigmoid() {
    return activate(Activation.SIGMOID);
  }

  /** tanh this. */
  default Tensor tanh() {
    return activate(Activation.TANH);
  }

  /** The Gaussian error linear unit in its tanh form. */
  default Tensor gelu() {
    return activate(Activation.GELU);
  }

  /** Softmax of each row of a matrix. */
  Tensor softmax();

  /** The logarithm of the softmax of each row of a matrix. */
  Tensor logSoftmax();

  // Reductions. Over ROWS the result is [n], over COLUMNS [m, 1], over ALL [].

  /** The sum. */
  Tensor sum(Axis axis);

  /** The mean. */
  Tensor mean(Axis axis);

  /** The maximum; NaN if any element is. */
  Tensor max(Axis axis);

  /** The position of the maximum as INT32: [m] over COLUMNS, [n] over ROWS. */
  Tensor argMax(Axis axis);

  // Copies and conversions.

  /** These elements in another type. */
  Tensor cast(DType to);

  /** A copy with memory of its own; a transposed view becomes contiguous. */
  Tensor copy();

  /** A copy in another arena, on the same or another backend. */
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
