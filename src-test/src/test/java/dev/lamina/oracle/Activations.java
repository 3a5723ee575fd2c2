package dev.lamina.oracle;

import dev.lamina.op.ActivateGradientBias;
import dev.lamina.op.Activation;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;

/** Activation functions and their gradients. */
public final class Activations {
  /** Where 1 + tanh u of GELU has become 0 in FP64. */
  private static final double GELU_END = 6;

  /** Beyond it φ' of GELU is 0 or 1 in every floating type. */
  private static final double GELU_FAR = 20;

  private Activations() {}

  /** φ(x). */
  public static double value(Activation activation, double x) {
    return switch (activation) {
      case IDENTITY -> x;
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case TANH -> Math.tanh(x);
      case RELU, GELU -> Papers.value(activation.label(), x);
    };
  }

  /** φ' of the output y = φ(x), or of the input where it takes that. */
  public static double derivative(Activation activation, double y) {
    return switch (activation) {
      case IDENTITY -> 1;
      case RELU -> y > 0 ? 1 : 0;
      case SIGMOID -> y * (1 - y);
      case TANH -> 1 - y * y;
      case GELU -> geluSlope(Math.clamp(y, -GELU_FAR, GELU_FAR));
    };
  }

  private static double geluSlope(double x) {
    double u = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
    double slope = 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
    double right = value(Activation.SIGMOID, 2 * u);
    return right * (1 + x * value(Activation.SIGMOID, -2 * u) * slope); // 1 - σ would cancel
  }

  /** The error of y = φ(x) when x is off by {@code inner}: φ' carries that on. */
  static double forwardError(Activation activation, double x, double y, double inner, DType dtype) {
    return switch (activation) {
      case IDENTITY, RELU -> inner;
      case SIGMOID, TANH -> {
        // At an infinite x, which is off by infinity, φ' = 0 carries nothing on.
        double slope = Math.abs(derivative(activation, y));
        yield (slope == 0 ? 0 : 1.5 * inner * slope)
            + Rounding.FUNCTION * Math.abs(y)
            + Rounding.flush(dtype);
      }
      // 1 + tanh u cancels below 0, down to |x| times an epsilon, where tanh u is not yet -1. The
      // second derivative is less than 1, so that much the slope may change on the way.
      case GELU -> {
        double slope = Math.abs(derivative(activation, x)) + Rounding.epsilon(dtype) * inner;
        yield (inner == 0 ? 0 : 1.5 * inner * Math.min(slope, 1.2))
            + Rounding.FUNCTION * Math.max(Math.abs(y), Math.min(Math.abs(x), GELU_END))
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
      case SIGMOID, TANH, GELU -> dY * derivative(activation, y);
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
          Math.abs(derivative(activation, y)) * (inner + 3 * Math.abs(dY)) + Math.abs(dY * y) / 2;
      case TANH -> Math.abs(derivative(activation, y)) * (inner + 3 * Math.abs(dY)) + Math.abs(dY);
      // Two summands that cancel near -0.75, the second of them a product of five factors.
      case GELU ->
          Math.abs(derivative(activation, y)) * inner
              + Rounding.FUNCTION * Math.abs(dY)
              + Rounding.storedError(dtype, dY);
    };
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
