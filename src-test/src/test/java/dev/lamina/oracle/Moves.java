package dev.lamina.oracle;

import dev.lamina.op.Concat;
import dev.lamina.op.Fill;
import dev.lamina.op.GatherRows;
import dev.lamina.op.Reduce;
import dev.lamina.op.Slice;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

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

  static Result reshape(Value x, Shape shape) {
    return Result.of(Expected.bits(x.type().as(shape), x.data().clone()));
  }

  static Result slice(Slice op, Value x, TensorType type) {
    double[] y = new double[Math.toIntExact(type.size())];
    int from = Math.toIntExact(op.from());
    if (op.axis() == Reduce.Axis.ROWS) {
      int row = x.size() / Math.toIntExact(x.type().shape().extent(0));
      System.arraycopy(x.data(), from * row, y, 0, y.length);
    } else {
      int columns = Math.toIntExact(type.shape().columns());
      for (int i = 0; i < y.length; i++) {
        y[i] = x.at(i / columns, from + i % columns);
      }
    }
    return Result.of(Expected.bits(type, y));
  }

  /** Appends row by row: along the columns, one row of each operand after the other. */
  static Result concat(Concat op, List<Value> in, TensorType type) {
    int rounds = op.axis() == Reduce.Axis.ROWS ? 1 : in.getFirst().rows();
    DoubleStream.Builder y = DoubleStream.builder();
    for (int round = 0; round < rounds; round++) {
      for (Value x : in) {
        int length = x.size() / rounds;
        Arrays.stream(x.data(), round * length, (round + 1) * length).forEach(y);
      }
    }
    return Result.of(Expected.bits(type, y.build().toArray()));
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
