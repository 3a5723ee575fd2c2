package dev.lamina.formula;

/**
 * Named functions: safe forms of what networks are made of, with derivatives that do not cancel.
 */
public final class Functions {
  // First, because the functions below are made of them when the class is initialized.

  /** 2 √(2/π), and that times 0.044715. */
  private static final double GELU_SCALE = 2 * Math.sqrt(2 / Math.PI);

  private static final double GELU_CUBE = 0.044715 * GELU_SCALE;

  /**
   * Beyond ±10 the derivative of GELU is 0 or 1 to within 10<sup>−35</sup>; up to it,
   * e<sup>−|w|</sup> is normal in FP32.
   */
  private static final double GELU_END = 10;

  /** Beyond it the derivative of SiLU is 0 or 1 to rounding in FP64. */
  private static final double SILU_END = 1000;

  /** max(0, x), NaN stays NaN; the derivative is [y &gt; 0]. */
  public static final NamedFunction RELU =
      NamedFunction.of(
          "relu", x -> x.atMost(0).select(0, x), (d, x, y) -> y.greaterThan(0).select(d, 0));

  /** The derivative of {@link #GELU}, whose own derivative an |x| in it would make wrong at 0. */
  private static final NamedFunction GELU_SLOPE =
      NamedFunction.of("gelu_slope", Functions::geluSlope, (d, x, y) -> geluBend(d, x));

  /**
   * The Gaussian error linear unit in its tanh form (Hendrycks and Gimpel, 2016): x σ(w) with w = 2
   * √(2/π) (x + 0.044715 x³); NaN at −∞.
   */
  public static final NamedFunction GELU =
      NamedFunction.of("gelu", Functions::gelu, (d, x, y) -> d.times(GELU_SLOPE.of(x)));

  /** x σ(x), also called swish (Hendrycks and Gimpel, 2016); NaN at −∞. */
  public static final NamedFunction SILU =
      NamedFunction.of("silu", x -> x.times(x.sigmoid()), (d, x, y) -> siluPullback(d, x));

  /** ln (1 + e<sup>x</sup>) as max(x, 0) + ln (1 + e<sup>−|x|</sup>); the derivative is σ(x). */
  public static final NamedFunction SOFTPLUS =
      NamedFunction.of("softplus", Functions::softplus, (d, x, y) -> d.times(x.sigmoid()));

  /**
   * Binary cross-entropy of a logit z and a target t from 0 to 1: max(z, 0) − z t + ln (1 +
   * e<sup>−|z|</sup>); the derivatives are σ(z) − t and −z.
   */
  public static final NamedFunction BINARY_CROSS_ENTROPY =
      NamedFunction.of(
          "binary_cross_entropy",
          (z, t) -> z.max(0).minus(z.times(t)).plus(z.abs().negate().exp().log1p()),
          (d, z, t, y) -> d.times(z.sigmoid().minus(t)),
          (d, z, t, y) -> d.times(z).negate());

  private Functions() {}

  private static Expr gelu(Expr x) {
    return x.times(x.times(x.square().fma(GELU_CUBE, GELU_SCALE)).sigmoid());
  }

  /**
   * σ(w) + x σ(w) (1 − σ(w)) w', where with e = exp(−|w|) and q = 1 / (1 + e) the product σ(w) (1 −
   * σ(w)) is e q² on both sides, so that nothing cancels.
   */
  private static Expr geluSlope(Expr x) {
    Expr c = x.clamp(-GELU_END, GELU_END);
    Expr square = c.square();
    Expr e = c.times(square.fma(GELU_CUBE, GELU_SCALE)).abs().negate().exp();
    Expr q = e.plus(1).reciprocal();
    Expr slope = c.times(square.fma(3 * GELU_CUBE, GELU_SCALE));
    Expr above = c.atLeast(0).select(1, e);
    return q.times(slope.times(e).fma(q, above));
  }

  /** d σ(w) σ(−w) (2w' + x w'' + x w'² (1 − 2σ(w))). */
  private static Expr geluBend(Expr d, Expr x) {
    Expr c = x.clamp(-GELU_END, GELU_END);
    Expr square = c.square();
    Expr w = c.times(square.fma(GELU_CUBE, GELU_SCALE));
    Expr slope = square.fma(3 * GELU_CUBE, GELU_SCALE);
    Expr linear = square.fma(12 * GELU_CUBE, 2 * GELU_SCALE); // 2w' + x w''
    Expr turned = c.times(slope.square()).times(w.sigmoid().fma(-2, 1));
    return d.times(w.sigmoid().times(w.negate().sigmoid()).times(linear.plus(turned)));
  }

  /** d σ(x) (1 + x σ(−x)), because 1 − σ(x) would cancel and ∞ · 0 is NaN. */
  private static Expr siluPullback(Expr d, Expr x) {
    Expr c = x.clamp(-SILU_END, SILU_END);
    return d.times(c.sigmoid().times(c.times(c.negate().sigmoid()).plus(1)));
  }

  private static Expr softplus(Expr x) {
    return x.max(0).plus(x.abs().negate().exp().log1p());
  }
}
