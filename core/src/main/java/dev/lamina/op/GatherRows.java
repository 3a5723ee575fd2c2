package dev.lamina.op;

import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.List;

/**
 * Takes rows by number and converts them: inputs data [N, n] or [N] of any type, indices r, INT32
 * [m]; output [m, n] or [m], y(i, j) = scale · data(r(i), j) + shift. An integer result takes the
 * elements as they are (scale 1, shift 0).
 *
 * @param to the type of the result; INT32 only from INT32
 */
public record GatherRows(DType to, double scale, double shift) implements Op {
  /** A gather without conversion of values. */
  public static GatherRows to(DType dtype) {
    return new GatherRows(dtype, 1, 0);
  }

  @Override
  public String label() {
    return "gather-rows";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 2);
    TensorType data = inputs.get(0);
    TensorType indices = inputs.get(1);
    int rank = data.shape().rank();
    if (rank < 1 || rank > 2 || indices.dtype() != DType.INT32 || indices.shape().rank() != 1) {
      throw Check.mismatch(this, inputs, "data [N, n] or [N] and indices INT32 [m]");
    }
    if (!to.isFloating() && (to != data.dtype() || scale != 1 || shift != 0)) {
      throw Check.mismatch(
          this, inputs, "a floating-point result, or integers taken as they are; asked for " + to);
    }
    long m = indices.size();
    return List.of(
        new TensorType(to, rank == 1 ? Shape.of(m) : Shape.of(m, data.shape().columns())));
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 0;
  }
}
