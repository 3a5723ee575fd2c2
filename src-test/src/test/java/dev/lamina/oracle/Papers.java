package dev.lamina.oracle;

/**
 * The named functions as their papers write them, in double precision and without a thought of what
 * is safe or fast; not used by what they are to judge.
 */
final class Papers {
  private Papers() {}

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
