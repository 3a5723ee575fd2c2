package dev.lamina.oracle;

import dev.lamina.op.AddScaled;
import dev.lamina.op.Affine;
import dev.lamina.op.Binary;
import dev.lamina.op.Unary;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;

/** Arithmetic on elements. */
final class Elementwise {
  /** Epsilons that a well-made elementary function may be off. */
  static final double FUNCTION = 8;

  private Elementwise() {}

  static Result unary(Unary op, Value x) {
    double[] y = new double[x.size()];
    double[] error = new double[y.length];
    DType dtype = x.type().dtype();
    for (int i = 0; i < y.length; i++) {
      double v = x.data()[i];
      y[i] =
          switch (op.function()) {
            case ABS -> Math.abs(v);
            case EXP -> Math.exp(v);
            case LOG -> Math.log(v);
            case NEGATE -> -v;
            case RECIPROCAL -> 1 / v;
            case SIGN -> Math.signum(v);
            case SQRT -> Math.sqrt(v);
            case SQUARE -> v * v;
          };
      error[i] =
          switch (op.function()) {
            case ABS, NEGATE, SIGN, SQUARE -> 0;
            case RECIPROCAL, SQRT -> Math.abs(y[i]);
            case EXP -> FUNCTION * y[i] + Rounding.flush(dtype);
            case LOG -> FUNCTION * Math.abs(y[i]);
          };
    }
    return Result.of(
        switch (op.function()) {
          case ABS, NEGATE -> Expected.bits(x.type(), y);
          default -> Expected.within(x.type(), y, error);
        });
  }

  static Result binary(Binary op, Value a, Value b, TensorType type) {
    int size = Math.toIntExact(type.size());
    int columns = Math.toIntExact(type.shape().columns());
    double[] z = new double[size];
    double[] error = new double[size];
    for (int i = 0; i < size; i++) {
      double x = a.data()[Moves.source(a, type.shape(), i / columns, i % columns)];
      double y = b.data()[Moves.source(b, type.shape(), i / columns, i % columns)];
      z[i] =
          switch (op.kind()) {
            case ADD -> x + y;
            case SUBTRACT -> x - y;
            case MULTIPLY -> x * y;
            case DIVIDE -> x / y;
            case MAXIMUM -> Math.max(x, y);
            case MINIMUM -> Math.min(x, y);
            case EQUAL -> x == y ? 1 : 0;
            case GREATER_EQUAL -> x >= y ? 1 : 0;
          };
      // The sum, difference and product of two elements have one correctly rounded value.
      error[i] = op.kind() == Binary.Kind.DIVIDE ? Math.abs(z[i]) : 0;
    }
    return Result.of(Expected.within(type, z, error));
  }

  static Result affine(Affine op, Value x) {
    double[] y = new double[x.size()];
    double[] error = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      double product = op.scale() * x.data()[i];
      y[i] = product + op.shift();
      error[i] = 1.5 * (Math.abs(product) + Math.abs(op.shift()));
    }
    return Result.of(Expected.within(x.type(), y, error));
  }

  static Result addScaled(AddScaled op, Value x, Value y) {
    double[] z = new double[x.size()];
    double[] error = new double[z.length];
    for (int i = 0; i < z.length; i++) {
      double first = op.alpha() * x.data()[i];
      double second = op.beta() * y.data()[i];
      z[i] = first + second;
      error[i] = 1.5 * (Math.abs(first) + Math.abs(second));
    }
    return Result.of(Expected.within(x.type(), z, error));
  }
}
