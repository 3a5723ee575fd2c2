package dev.lamina.oracle;

import dev.lamina.op.ArgMax;
import dev.lamina.op.Reduce;
import dev.lamina.type.TensorType;

/** Reductions along an axis. */
final class Reductions {
  private Reductions() {}

  static Result reduce(Reduce op, Value x, TensorType type) {
    double[] y = new double[Math.toIntExact(type.size())];
    double[] error = new double[y.length];
    int count = Math.toIntExact(op.count(x.type().shape()));
    for (int i = 0; i < y.length; i++) {
      Sum sum = new Sum();
      double max = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < count; k++) {
        double element = element(x, op.axis(), i, k);
        sum.add(element);
        max = Math.max(max, element);
      }
      switch (op.kind()) {
        case SUM -> {
          y[i] = sum.value();
          error[i] = count == 1 ? 0 : sum.error();
        }
        case MEAN -> {
          y[i] = sum.value() / count;
          error[i] = count == 1 ? 0 : sum.error() / count + Math.abs(y[i]);
        }
        case MAX -> y[i] = max;
      }
    }
    return Result.of(Expected.within(type, y, error));
  }

  static Result argMax(ArgMax op, Value x, TensorType type) {
    double[] y = new double[Math.toIntExact(type.size())];
    int count = op.axis() == Reduce.Axis.ROWS ? x.rows() : x.columns();
    for (int i = 0; i < y.length; i++) {
      int best = 0;
      for (int k = 1; k < count; k++) {
        double element = element(x, op.axis(), i, k);
        double largest = element(x, op.axis(), i, best);
        if (element > largest || (Double.isNaN(element) && !Double.isNaN(largest))) {
          best = k;
        }
      }
      y[i] = best;
    }
    return Result.of(Expected.bits(type, y));
  }

  /** The k-th of the elements that the i-th result is made of. */
  private static double element(Value x, Reduce.Axis axis, int i, int k) {
    return switch (axis) {
      case ROWS -> x.at(k, i);
      case COLUMNS -> x.at(i, k);
      case ALL -> x.data()[k];
    };
  }
}
