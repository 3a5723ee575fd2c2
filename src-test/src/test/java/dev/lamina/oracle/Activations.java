package dev.lamina.oracle;

import dev.lamina.op.Activate;
import dev.lamina.op.ActivateGradient;
import dev.lamina.op.ActivateGradientBias;
import dev.lamina.op.Activation;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;

/** Activation functions and their gradients. */
final class Activations {
  /** Where 1 + tanh u of GELU has become 0 in FP64. */
  private static final double GELU_END = 6;

  private Activations() {}

  static Result forward(Activate op, Value x) {
    double[] y = new double[x.size()];
    double[] error = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = op.activation().apply(x.data()[i]);
      error[i] = forwardError(op.activation(), x.data()[i], y[i], 0, x.type().dtype());
    }
    return Result.of(Expected.within(x.type(), y, error));
  }

  /** The error of y = φ(x) when x is off by {@code inner}: φ' carries that on. */
  static double forwardError(Activation activation, double x, double y, double inner, DType dtype) {
    return switch (activation) {
      case IDENTITY, RELU -> inner;
      case SIGMOID, TANH -> {
        // At an infinite x, which is off by infinity, φ' = 0 carries nothing on.
        double slope = Math.abs(activation.derivative(y));
        yield (slope == 0 ? 0 : 1.5 * inner * slope)
            + Elementwise.FUNCTION * Math.abs(y)
            + Rounding.flush(dtype);
      }
      // 1 + tanh u cancels below 0, down to |x| times an epsilon, where tanh u is not yet -1. The
      // second derivative is less than 1, so that much the slope may change on the way.
      case GELU -> {
        double slope = Math.abs(activation.derivative(x)) + Rounding.epsilon(dtype) * inner;
        yield (inner == 0 ? 0 : 1.5 * inner * Math.min(slope, 1.2))
            + Elementwise.FUNCTION * Math.max(Math.abs(y), Math.min(Math.abs(x), GELU_END))
            + Rounding.storedError(dtype, Math.min(Math.abs(x), GELU_END)) / 4
            + Rounding.flush(dtype);
      }
    };
  }

  /** One element of dX = dY ∘ φ', of the output y or, as φ' takes it, the input in its place. */
  static double gradient(Activation activation, double dY, double y) {
    return switch (activation) {
      case IDENTITY -> dY;
      case RELU -> y > 0 ? dY : 0;
      case SIGMOID, TANH, GELU -> dY * activation.derivative(y);
    };
  }

  /** The error of an element of dX when dY is off by {@code inner}. */
  static double gradientError(
      Activation activation, double dY, double y, double inner, DType dtype) {
    return switch (activation) {
      case IDENTITY -> inner;
      case RELU -> y > 0 ? inner : 0;
      // 1 − y and 1 − y² cancel near 1: what rounding leaves there does not shrink with them.
      case SIGMOID ->
          Math.abs(activation.derivative(y)) * (inner + 3 * Math.abs(dY)) + Math.abs(dY * y) / 2;
      case TANH -> Math.abs(activation.derivative(y)) * (inner + 3 * Math.abs(dY)) + Math.abs(dY);
      // Two summands that cancel near -0.75, the second of them a product of five factors.
      case GELU ->
          Math.abs(activation.derivative(y)) * inner
              + Elementwise.FUNCTION * Math.abs(dY)
              + Rounding.storedError(dtype, dY);
    };
  }

  static Result backward(ActivateGradient op, Value dY, Value y) {
    return Result.of(backward(op.activation(), dY, y));
  }

  private static Expected backward(Activation activation, Value dY, Value y) {
    double[] dX = new double[y.size()];
    double[] error = new double[dX.length];
    for (int i = 0; i < dX.length; i++) {
      dX[i] = gradient(activation, dY.data()[i], y.data()[i]);
      error[i] = gradientError(activation, dY.data()[i], y.data()[i], 0, dY.type().dtype());
    }
    return Expected.within(dY.type(), dX, error);
  }

  static Result backwardBias(ActivateGradientBias op, Value dF, Value f) {
    Expected dZ = backward(op.activation(), dF, f);
    return Result.of(dZ, columnSums(dZ));
  }

  /** db: the sum down each column of dZ, which may have been stored before. */
  static Expected columnSums(Expected dZ) {
    DType dtype = dZ.type().dtype();
    int columns = Math.toIntExact(dZ.type().shape().columns());
    double[] values = new double[columns];
    double[] error = new double[columns];
    for (int j = 0; j < columns; j++) {
      Sum sum = new Sum();
      for (int i = j; i < dZ.values().length; i += columns) {
        double z = dZ.values()[i];
        sum.add(z, dZ.error()[i] + Rounding.storedError(dtype, z));
      }
      values[j] = sum.value();
      error[j] = sum.error();
    }
    return Expected.within(TensorType.of(dtype, columns), values, error);
  }
}
