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
  /**
   * What a function computes of its operands.
   *
   * @param exact whether there is one right result, the value rounded once
   */
  record Paper(Pointwise function, boolean exact, ToDoubleFunction<double[]> value) {}

  private static final List<Paper> FUNCTIONS =
      List.of(
          new Paper(Elementwise.ADD, true, x -> x[0] + x[1]),
          new Paper(Elementwise.SUBTRACT, true, x -> x[0] - x[1]),
          new Paper(Elementwise.MULTIPLY, true, x -> x[0] * x[1]),
          new Paper(Elementwise.DIVIDE, false, x -> x[0] / x[1]),
          new Paper(Elementwise.MAXIMUM, true, x -> Math.max(x[0], x[1])),
          new Paper(Elementwise.MINIMUM, true, x -> Math.min(x[0], x[1])),
          new Paper(Elementwise.EQUAL, true, x -> x[0] == x[1] ? 1 : 0),
          new Paper(Elementwise.GREATER_EQUAL, true, x -> x[0] >= x[1] ? 1 : 0),
          new Paper(Elementwise.ABS, true, x -> Math.abs(x[0])),
          new Paper(Elementwise.EXP, false, x -> Math.exp(x[0])),
          new Paper(Elementwise.LOG, false, x -> Math.log(x[0])),
          new Paper(Elementwise.NEGATE, true, x -> -x[0]),
          new Paper(Elementwise.RECIPROCAL, false, x -> 1 / x[0]),
          new Paper(Elementwise.SIGN, true, x -> Math.signum(x[0])),
          new Paper(Elementwise.SQRT, false, x -> Math.sqrt(x[0])),
          new Paper(Elementwise.SQUARE, true, x -> x[0] * x[0]));

  private Papers() {}

  /** The paper about a pointwise operation; null if there is none. */
  static Paper of(Op op) {
    for (Paper paper : FUNCTIONS) {
      if (paper.function.is(op)) {
        return paper;
      }
    }
    Activation forward = Activation.of(op);
    if (forward != null) {
      return new Paper(forward.function(), isExact(forward), x -> Activations.value(forward, x[0]));
    }
    Activation backward = Activation.ofGradient(op);
    return backward == null
        ? null
        : new Paper(
            backward.function(),
            isExact(backward),
            x -> Activations.gradient(backward, x[0], x[1]));
  }

  private static boolean isExact(Activation activation) {
    return activation == Activation.IDENTITY || activation == Activation.RELU;
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
