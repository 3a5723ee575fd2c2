package dev.lamina.op;

import dev.lamina.formula.Expr;
import dev.lamina.op.Reduce.Axis;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * What can be computed of a tensor, by the same names whether it is computed at once (a {@code
 * Tensor}) or later (a {@code Value} of a graph): {@code x.multiply(y).add(b).relu()}. This is the
 * one place that says which operation a name stands for.
 *
 * <p>Binary operations broadcast: the shapes are equal, or one operand is a single number, a row
 * [n] or [1, n], or a column [m, 1] of the other's shape [m, n]; the element types are equal. All
 * results are new tensors. Wrong shapes or types throw {@link dev.lamina.type.ShapeException}.
 *
 * @param <T> the kind of tensor
 */
public interface TensorOperations<T extends TensorOperations<T>> extends Sym {
  /**
   * Any operation of one operand.
   *
   * @return its first output
   */
  T apply(Op operation);

  /**
   * Any operation of two operands, of which this is the first.
   *
   * @return its first output
   */
  T apply(Op operation, T b);

  /**
   * Any operation of several operands, of which this is the first.
   *
   * @return its first output
   */
  T apply(Op operation, List<T> more);

  /** The shape. */
  default Shape shape() {
    return type().shape();
  }

  /** The element type. */
  default DType dtype() {
    return type().dtype();
  }

  /** The matrix product of this [m, k] and b [k, n]; transposes of both are not copied. */
  T matmul(T b);

  /** The transpose of a matrix. */
  T transpose();

  // Parts.

  /** The same elements in another shape; one extent may be -1 and is worked out. */
  default T reshape(long... extents) {
    return apply(new Reshape(shape().reshaped(extents)));
  }

  /** The rows {@code from} to {@code to} (exclusive). */
  default T rows(long from, long to) {
    return apply(new Slice(Axis.ROWS, from, to));
  }

  /** The columns {@code from} to {@code to} (exclusive) of a matrix. */
  default T columns(long from, long to) {
    return apply(new Slice(Axis.COLUMNS, from, to));
  }

  /** This and b joined along an axis: matrices side by side with COLUMNS, below with ROWS. */
  default T concat(Axis axis, T b) {
    return apply(new Concat(axis, 2), b);
  }

  /** This and others joined along an axis. */
  default T concat(Axis axis, List<T> more) {
    return apply(new Concat(axis, 1 + more.size()), more);
  }

  /** The same, a constant to differentiation: no gradient passes through it. */
  default T stopGradient() {
    return apply(new StopGradient());
  }

  // Elementwise.

  /**
   * A function of each element, in primitives that have derivatives: {@code x.map(a ->
   * a.times(a.sigmoid()))}. One that is often used is better kept as a {@link Pointwise}.
   */
  default T map(UnaryOperator<Expr> function) {
    return map(Pointwise.of(function));
  }

  /** A pointwise function of one operand. */
  default T map(Pointwise function) {
    return apply(function.on(type()));
  }

  /** A function of each element and that of b. */
  default T map(BinaryOperator<Expr> function, T b) {
    return map(Pointwise.of(function), b);
  }

  /** A pointwise function of two operands. */
  default T map(Pointwise function, T b) {
    return apply(function.on(type(), b.type()), b);
  }

  /** this + b. */
  default T add(T b) {
    return map(Elementwise.ADD, b);
  }

  /** this − b. */
  default T subtract(T b) {
    return map(Elementwise.SUBTRACT, b);
  }

  /** this · b, elementwise. */
  default T multiply(T b) {
    return map(Elementwise.MULTIPLY, b);
  }

  /** this / b, elementwise. */
  default T divide(T b) {
    return map(Elementwise.DIVIDE, b);
  }

  /** The larger of both, elementwise; NaN if either is. */
  default T maximum(T b) {
    return map(Elementwise.MAXIMUM, b);
  }

  /** The smaller of both, elementwise; NaN if either is. */
  default T minimum(T b) {
    return map(Elementwise.MINIMUM, b);
  }

  /** 1 where equal, else 0. */
  default T equal(T b) {
    return map(Elementwise.EQUAL, b);
  }

  /** 1 where this ≥ b, else 0. */
  default T greaterEqual(T b) {
    return map(Elementwise.GREATER_EQUAL, b);
  }

  /** scale · this + shift. */
  default T affine(double scale, double shift) {
    return map(Elementwise.affine(scale, shift));
  }

  /** this + a number. */
  default T add(double number) {
    return affine(1, number);
  }

  /** this − a number. */
  default T subtract(double number) {
    return affine(1, -number);
  }

  /** this · a number. */
  default T multiply(double number) {
    return affine(number, 0);
  }

  /** −this. */
  default T negate() {
    return map(Elementwise.NEGATE);
  }

  /** |this|. */
  default T abs() {
    return map(Elementwise.ABS);
  }

  /** e to this. */
  default T exp() {
    return map(Elementwise.EXP);
  }

  /** ln this. */
  default T log() {
    return map(Elementwise.LOG);
  }

  /** √this. */
  default T sqrt() {
    return map(Elementwise.SQRT);
  }

  /** this². */
  default T square() {
    return map(Elementwise.SQUARE);
  }

  /** 1 / this. */
  default T reciprocal() {
    return map(Elementwise.RECIPROCAL);
  }

  /** −1, 0 or 1. */
  default T sign() {
    return map(Elementwise.SIGN);
  }

  // Activations.

  /** φ(this). */
  default T activate(Activation activation) {
    return map(activation.function());
  }

  /** max(0, this). */
  default T relu() {
    return activate(Activation.RELU);
  }

  /** 1 / (1 + e to −this). */
  default T sigmoid() {
    return activate(Activation.SIGMOID);
  }

  /** tanh this. */
  default T tanh() {
    return activate(Activation.TANH);
  }

  /** The Gaussian error linear unit in its tanh form. */
  default T gelu() {
    return activate(Activation.GELU);
  }

  /** Softmax of each row of a matrix. */
  default T softmax() {
    return apply(new Softmax(false));
  }

  /** The logarithm of the softmax of each row of a matrix. */
  default T logSoftmax() {
    return apply(new Softmax(true));
  }

  // Reductions. Over ROWS the result is [n], over COLUMNS [m, 1], over ALL [].

  /** The sum. */
  default T sum(Axis axis) {
    return apply(new Reduce(Reduce.Kind.SUM, axis));
  }

  /** The mean. */
  default T mean(Axis axis) {
    return apply(new Reduce(Reduce.Kind.MEAN, axis));
  }

  /** The maximum; NaN if any element is. */
  default T max(Axis axis) {
    return apply(new Reduce(Reduce.Kind.MAX, axis));
  }

  /** The position of the maximum as INT32: [m] over COLUMNS, [n] over ROWS. */
  default T argMax(Axis axis) {
    return apply(new ArgMax(axis));
  }

  // Conversions.

  /** These elements in another type. */
  default T cast(DType to) {
    return apply(Elementwise.cast(type(), to));
  }

  /** A copy with memory of its own. */
  T copy();
}
