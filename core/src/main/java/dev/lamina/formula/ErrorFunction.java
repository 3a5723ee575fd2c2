package dev.lamina.formula;

/** The error function in double precision, which the JDK does not have. */
final class ErrorFunction {
  /** Up to here by the Maclaurin series, whose terms do not cancel much before it. */
  private static final double SERIES_END = 2;

  /** From here on 1 to rounding. */
  private static final double ONE = 6;

  private static final double TWO_OVER_ROOT_PI = 1.1283791670955126;

  private ErrorFunction() {}

  static double erf(double x) {
    double a = Math.abs(x);
    if (!(a < ONE)) {
      return Double.isNaN(x) ? x : Math.signum(x);
    }
    return a < SERIES_END ? series(x) : Math.copySign(1 - complement(a), x);
  }

  /**
   * erf x = 2/√π e<sup>−x²</sup> Σ 2<sup>n</sup> x<sup>2n+1</sup> / (2n+1)!!, all terms positive.
   */
  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 0x1p-56 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return TWO_OVER_ROOT_PI * Math.exp(-x * x) * sum;
  }

  /** erfc x = e<sup>−x²</sup> / √π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + ...)))), from 2 on. */
  private static double complement(double x) {
    double tail = 0;
    for (int k = 120; k >= 1; k--) {
      tail = k / 2.0 / (x + tail);
    }
    return Math.exp(-x * x) * TWO_OVER_ROOT_PI / 2 / (x + tail);
  }
}
