package dev.lamina.oracle;

import dev.lamina.op.Activation;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Op;
import dev.lamina.op.Pointwise;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Pointwise functions as their papers write them, in double precision and without a thought of what
 * is safe or fast; not used by what they are to judge.
 */
final class Papers {
  /** What a function computes of its operands. */
  private record Paper(Pointwise function, ToDoubleFunction<double[]> value) {}

  private static final List<Paper> FUNCTIONS =
      List.of(
          new Paper(Elementwise.ADD, x -> x[0] + x[1]),
          new Paper(Elementwise.SUBTRACT, x -> x[0] - x[1]),
          new Paper(Elementwise.MULTIPLY, x -> x[0] * x[1]),
          new Paper(Elementwise.DIVIDE, x -> x[0] / x[1]),
          new Paper(Elementwise.MAXIMUM, x -> Math.max(x[0], x[1])),
          new Paper(Elementwise.MINIMUM, x -> Math.min(x[0], x[1])),
          new Paper(Elementwise.EQUAL, x -> x[0] == x[1] ? 1 : 0),
          new Paper(Elementwise.GREATER_EQUAL, x -> x[0] >= x[1] ? 1 : 0),
          new Paper(Elementwise.ABS, x -> Math.abs(x[0])),
          new Paper(Elementwise.EXP, x -> Math.exp(x[0])),
          new Paper(Elementwise.LOG, x -> Math.log(x[0])),
          new Paper(Elementwise.NEGATE, x -> -x[0]),
          new Paper(Elementwise.RECIPROCAL, x -> 1 / x[0]),
          new Paper(Elementwise.SIGN, x -> Math.signum(x[0])),
          new Paper(Elementwise.SQRT, x -> Math.sqrt(x[0])),
          new Paper(Elementwise.SQUARE, x -> x[0] * x[0]));

  private Papers() {}

  /** What a pointwise operation computes of its operands; null if no paper is about it. */
  static ToDoubleFunction<double[]> of(Op op) {
    for (Paper paper : FUNCTIONS) {
      if (paper.function.is(op)) {
        return paper.value;
      }
    }
    Activation activation = Activation.of(op);
    if (activation != null) {
      return x -> Activations.value(activation, x[0]);
    }
    Activation ofGradient = Activation.ofGradient(op);
    return ofGradient == null ? null : x -> Activations.gradient(ofGradient, x[0], x[1]);
  }

  /** The function's value; names that are not known are an error. */
  static double value(String name, double... x) {
    return switch (name) {
      case "relu" -> Double.isNaN(x[0]) ? Double.NaN : Math.max(0, x[0]);
      case "gelu" -> gelu(x[0]);
      case "silu" -> x[0] / (1 + Math.exp(-x[0]));
      case "softplus" -> x[0] > 700 ? x[0] : Math.log1p(Math.exp(x[0]));
      case "binary_cross_entropy" -> crossEntropy(x[0], x[1]);
      default -> throw new IllegalArgumentException("no paper for " + name);
    };
  }

  /** Hendrycks and Gimpel (2016), equation 2. */
  private static double gelu(double x) {
    double u = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
    return 0.5 * x * (1 + Math.tanh(u));
  }

  /** −t ln σ(z) − (1 − t) ln (1 − σ(z)). */
  private static double crossEntropy(double z, double t) {
    double negative = Math.log1p(Math.exp(-Math.abs(z)));
    double right = z < 0 ? z - negative : -negative; // ln σ(z)
    double wrong = z < 0 ? -negative : -z - negative; // ln σ(−z)
    return -t * right - (1 - t) * wrong;
  }
}
