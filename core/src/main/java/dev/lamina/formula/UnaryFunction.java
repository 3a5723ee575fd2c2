package dev.lamina.formula;

import java.util.Locale;

/** A primitive function of one number, with IEEE 754's results at the edges. */
public enum UnaryFunction {
  /** −x. */
  NEGATE(0),
  /** |x|. */
  ABS(0),
  /** −1, 0 or 1; NaN for NaN. */
  SIGN(0),
  /** The largest integer that is not above x. */
  FLOOR(0),
  /** √x, correctly rounded. */
  SQRT(0.5),
  /** 1 / √x: an infinity of its sign at 0, NaN below it. */
  RSQRT(2),
  /** e<sup>x</sup>. */
  EXP(2),
  /** e<sup>x</sup> − 1 without cancellation near 0. */
  EXPM1(4),
  /** ln x: −∞ at 0, NaN below it. */
  LOG(3),
  /** ln (1 + x) without cancellation near 0: −∞ at −1, NaN below it. */
  LOG1P(4),
  /** tanh x. */
  TANH(4.1),
  /** 1 / (1 + e<sup>−x</sup>). */
  SIGMOID(3),
  /** The error function, 2/√π ∫<sub>0</sub><sup>x</sup> e<sup>−t²</sup> dt. */
  ERF(6);

  private final double ulps;

  UnaryFunction(double ulps) {
    this.ulps = ulps;
  }

  /** The value in double precision, to a few units in the last place. */
  public double value(double x) {
    return switch (this) {
      case NEGATE -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case FLOOR -> Math.floor(x);
      case SQRT -> Math.sqrt(x);
      case RSQRT -> 1 / Math.sqrt(x);
      case EXP -> Math.exp(x);
      case EXPM1 -> Math.expm1(x);
      case LOG -> Math.log(x);
      case LOG1P -> Math.log1p(x);
      case TANH -> Math.tanh(x);
      case SIGMOID -> sigmoid(x);
      case ERF -> ErrorFunction.erf(x);
    };
  }

  private static double sigmoid(double x) {
    double e = Math.exp(-Math.abs(x));
    return (x < 0 ? e : 1) / (1 + e);
  }

  /**
   * By how many units in the last place every backend's result may differ from the exact one; below
   * the normal range of a function that is not 0 to rounding, results may also be 0.
   */
  public double ulps() {
    return ulps;
  }

  /** The name in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
