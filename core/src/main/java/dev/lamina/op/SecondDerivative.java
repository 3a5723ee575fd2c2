package dev.lamina.op;

import dev.lamina.op.Binary.Kind;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;

/**
 * The derivative of φ' by what {@link ActivateGradient} takes it from, the output y or the input x,
 * in operations that have gradients themselves, so that there are derivatives of any order.
 */
final class SecondDerivative {
  private SecondDerivative() {}

  /** Whether there is one that is not 0 wherever it is defined. */
  static boolean exists(Activation activation) {
    return switch (activation) {
      case IDENTITY, RELU -> false;
      case SIGMOID, TANH, GELU -> true;
    };
  }

  static Sym of(Emitter e, Activation activation, Sym source) {
    return switch (activation) {
      case IDENTITY, RELU -> e.fill(0, source.type());
      case SIGMOID -> e.emit(new Affine(-2, 1), source); // φ' = y (1 − y)
      case TANH -> e.emit(new Affine(-2, 0), source); // φ' = 1 − y²
      case GELU -> gelu(e, source);
    };
  }

  /**
   * With φ = x σ(w), w = 2√(2/π) (x + c x³): φ'' = σ(w) σ(−w) (2w' + x w'' + x w'² (1 − 2σ(w))).
   */
  private static Sym gelu(Emitter e, Sym input) {
    double scale = 2 * Activation.GELU_SCALE;
    double cube = Activation.GELU_CUBE;
    // Further out it is 0, and powers of x would overflow.
    Sym x = e.binary(Kind.MINIMUM, input, number(e, Activation.GELU_END, input));
    x = e.binary(Kind.MAXIMUM, x, number(e, -Activation.GELU_END, input));
    Sym square = e.emit(new Unary(Unary.Function.SQUARE), x);
    Sym w = e.multiply(x, e.emit(new Affine(scale * cube, scale), square));
    Sym slope = e.emit(new Affine(3 * scale * cube, scale), square);
    Sym up = e.emit(new Activate(Activation.SIGMOID), w);
    Sym down = e.emit(new Activate(Activation.SIGMOID), e.scale(w, -1));
    Sym linear = e.emit(new Affine(12 * scale * cube, 2 * scale), square); // 2w' + x w''
    Sym steep = e.multiply(x, e.emit(new Unary(Unary.Function.SQUARE), slope));
    Sym turned = e.multiply(steep, e.emit(new Affine(-2, 1), up));
    return e.multiply(e.multiply(up, down), e.add(linear, turned));
  }

  private static Sym number(Emitter e, double value, Sym like) {
    return e.fill(value, new TensorType(like.type().dtype(), Shape.scalar()));
  }
}
