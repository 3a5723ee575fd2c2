package dev.lamina.op;

import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;

/**
 * The position of the largest element: for each row INT32 [m] with {@link Reduce.Axis#COLUMNS}, for
 * each column INT32 [n] with {@link Reduce.Axis#ROWS}. The first of equals; NaN counts as largest,
 * as in NumPy.
 */
public record ArgMax(Reduce.Axis axis) implements Op {
  /** Checks the axis. */
  public ArgMax {
    if (axis == Reduce.Axis.ALL) {
      throw new IllegalArgumentException("argmax: expected the axis ROWS or COLUMNS, got ALL");
    }
  }

  @Override
  public String label() {
    return "argmax";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 1);
    TensorType x = Check.floating(this, inputs, 0);
    Check.matrix(this, inputs, 0);
    return List.of(
        TensorType.of(
            DType.INT32, axis == Reduce.Axis.COLUMNS ? x.shape().rows() : x.shape().columns()));
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return inputs.getFirst().size();
  }
}
