package dev.lamina.op;

import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.util.List;

/** The checks of operands that several operations share. */
final class Check {
  private Check() {}

  static void count(Op op, List<TensorType> inputs, int expected) {
    if (inputs.size() != expected) {
      throw new ShapeException(
          op.label() + ": expected " + expected + " operands, got " + inputs.size());
    }
  }

  static ShapeException mismatch(Op op, List<TensorType> inputs, String expected) {
    return new ShapeException(op.label() + " of " + inputs + ": expected " + expected);
  }

  static TensorType floating(Op op, List<TensorType> inputs, int index) {
    TensorType type = inputs.get(index);
    if (!type.dtype().isFloating()) {
      throw mismatch(
          op,
          inputs,
          "FP32, FP64 or BF16 as operand "
              + (index + 1)
              + ", got "
              + type.dtype()
              + "; cast it first");
    }
    return type;
  }

  /** A floating type that sums and parameters keep their precision in. */
  static TensorType full(Op op, List<TensorType> inputs, int index) {
    TensorType type = floating(op, inputs, index);
    if (!type.dtype().isFull()) {
      throw mismatch(
          op,
          inputs,
          "FP32 or FP64 as operand " + (index + 1) + ", got BF16; cast it to FP32 first");
    }
    return type;
  }

  /** The element type of a result, which a wide operation on BF16 leaves in FP32. */
  static DType result(Op op, List<TensorType> inputs, boolean wide) {
    DType dtype = inputs.getFirst().dtype();
    if (wide && dtype != DType.BF16) {
      throw mismatch(op, inputs, "BF16, of which alone there are results in FP32");
    }
    return wide ? DType.FP32 : dtype;
  }

  /** Every operand from {@code from} on is of the type of operand {@code from}. */
  static TensorType sameTypes(Op op, List<TensorType> inputs, int from) {
    TensorType first = floating(op, inputs, from);
    for (int i = from + 1; i < inputs.size(); i++) {
      if (!inputs.get(i).equals(first)) {
        throw mismatch(op, inputs, "operands of one type and shape");
      }
    }
    return first;
  }

  static void sameDType(Op op, List<TensorType> inputs, DType dtype, int... indices) {
    for (int index : indices) {
      if (inputs.get(index).dtype() != dtype) {
        throw mismatch(
            op, inputs, dtype + " as operand " + (index + 1) + ", got " + inputs.get(index));
      }
    }
  }

  static TensorType matrix(Op op, List<TensorType> inputs, int index) {
    TensorType type = inputs.get(index);
    if (type.shape().rank() != 2) {
      throw mismatch(
          op, inputs, "a matrix [rows, columns] as operand " + (index + 1) + ", got " + type);
    }
    return type;
  }

  static void exactly(Op op, List<TensorType> inputs, int index, TensorType expected) {
    if (!inputs.get(index).equals(expected)) {
      throw mismatch(
          op, inputs, expected + " as operand " + (index + 1) + ", got " + inputs.get(index));
    }
  }

  /**
   * Outputs at {@code from} and targets of their shape after them, FP32 where the outputs are BF16;
   * the outputs' type.
   */
  static TensorType sameTargets(Op op, List<TensorType> inputs, int from) {
    TensorType z = floating(op, inputs, from);
    exactly(op, inputs, from + 1, z.as(z.dtype().full()));
    return z;
  }

  /** Outputs [m, n] and a class for each row, as its number INT32 [m] or as [m, n]. */
  static TensorType classTargets(Op op, List<TensorType> inputs, int from) {
    if (inputs.get(from + 1).dtype() != DType.INT32) {
      matrix(op, inputs, from);
      return sameTargets(op, inputs, from);
    }
    TensorType z = floating(op, inputs, from);
    matrix(op, inputs, from);
    exactly(op, inputs, from + 1, TensorType.of(DType.INT32, z.shape().rows()));
    return z;
  }

  /** Whether {@code small} can be repeated to fill {@code large}: a scalar, a row or a column. */
  static boolean broadcasts(Shape small, Shape large) {
    if (small.equals(large) || small.isSingle()) {
      return true;
    }
    if (large.rank() < 1) {
      return false;
    }
    boolean row = small.columns() == small.size() && small.columns() == large.columns();
    boolean column = small.rank() == 2 && small.extent(1) == 1 && small.extent(0) == large.rows();
    return row || column;
  }
}
