package dev.lamina.oracle;

import dev.lamina.op.Fill;
import dev.lamina.op.GatherRows;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.Arrays;

/** Operations that move or convert elements. */
final class Moves {
  private Moves() {}

  static Result copy(Value x) {
    return Result.of(Expected.bits(x.type(), x.data().clone()));
  }

  /** Elements in another type. */
  static double[] cast(double[] x, DType to) {
    return Arrays.stream(x).map(v -> Rounding.round(v, to)).toArray();
  }

  static Result fill(Fill op) {
    double[] y = new double[Math.toIntExact(op.type().size())];
    Arrays.fill(y, Rounding.round(op.value(), op.type().dtype()));
    return Result.of(Expected.bits(op.type(), y));
  }

  static Result transpose(Value x, TensorType type) {
    double[] y = new double[x.size()];
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < x.columns(); j++) {
        y[j * x.rows() + i] = x.at(i, j);
      }
    }
    return Result.of(Expected.bits(type, y));
  }

  static Result gather(GatherRows op, Value data, Value indices, TensorType type) {
    int columns = data.type().shape().rank() == 1 ? 1 : data.columns();
    double[] y = new double[Math.toIntExact(type.size())];
    double[] error = new double[y.length];
    boolean asIs = op.scale() == 1 && op.shift() == 0;
    for (int i = 0; i < y.length; i++) {
      int row = (int) indices.data()[i / columns];
      double x = data.data()[row * columns + i % columns];
      y[i] = asIs ? x : op.scale() * x + op.shift();
      error[i] = asIs ? 0 : 2.5 * (Math.abs(op.scale() * x) + Math.abs(op.shift()));
    }
    boolean moved = asIs && data.type().dtype() == op.to();
    return Result.of(
        moved || op.to() == DType.INT32 ? Expected.bits(type, y) : Expected.within(type, y, error));
  }
}
