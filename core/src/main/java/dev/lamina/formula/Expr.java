package dev.lamina.formula;

import dev.lamina.type.DType;

/**
 * A number in a formula under construction: {@code x.times(y).plus(1).exp()}.
 *
 * @param owner the builder that it belongs to
 * @param node its node there
 */
public record Expr(FormulaBuilder owner, int node) {
  private Expr unary(UnaryFunction f) {
    return owner.apply(f, this);
  }

  private Expr binary(BinaryFunction f, Expr b) {
    return owner.apply(f, this, b);
  }

  private Expr constant(double value) {
    return owner.constant(value);
  }

  /** x + b. */
  public Expr plus(Expr b) {
    return binary(BinaryFunction.ADD, b);
  }

  /** x + b. */
  public Expr plus(double b) {
    return plus(constant(b));
  }

  /** x − b. */
  public Expr minus(Expr b) {
    return binary(BinaryFunction.SUBTRACT, b);
  }

  /** x − b. */
  public Expr minus(double b) {
    return minus(constant(b));
  }

  /** x · b. */
  public Expr times(Expr b) {
    return binary(BinaryFunction.MULTIPLY, b);
  }

  /** x · b. */
  public Expr times(double b) {
    return times(constant(b));
  }

  /** x / b. */
  public Expr dividedBy(Expr b) {
    return binary(BinaryFunction.DIVIDE, b);
  }

  /** x / b. */
  public Expr dividedBy(double b) {
    return dividedBy(constant(b));
  }

  /** x · b + c, rounded once. */
  public Expr fma(Expr b, Expr c) {
    return owner.fma(this, b, c);
  }

  /** x · b + c, rounded once. */
  public Expr fma(double b, double c) {
    return fma(constant(b), constant(c));
  }

  /** The smaller of x and b, NaN if either is NaN. */
  public Expr min(Expr b) {
    return binary(BinaryFunction.MINIMUM, b);
  }

  /** The smaller of x and b, NaN if x is NaN. */
  public Expr min(double b) {
    return min(constant(b));
  }

  /** The larger of x and b, NaN if either is NaN. */
  public Expr max(Expr b) {
    return binary(BinaryFunction.MAXIMUM, b);
  }

  /** The larger of x and b, NaN if x is NaN. */
  public Expr max(double b) {
    return max(constant(b));
  }

  /** x, but not below {@code low} nor above {@code high}. */
  public Expr clamp(double low, double high) {
    return min(high).max(low);
  }

  /** x<sup>b</sup>. */
  public Expr power(Expr b) {
    return binary(BinaryFunction.POWER, b);
  }

  /** x<sup>b</sup>. */
  public Expr power(double b) {
    return power(constant(b));
  }

  /** −x. */
  public Expr negate() {
    return unary(UnaryFunction.NEGATE);
  }

  /** |x|. */
  public Expr abs() {
    return unary(UnaryFunction.ABS);
  }

  /** −1, 0 or 1. */
  public Expr sign() {
    return unary(UnaryFunction.SIGN);
  }

  /** ⌊x⌋. */
  public Expr floor() {
    return unary(UnaryFunction.FLOOR);
  }

  /** √x. */
  public Expr sqrt() {
    return unary(UnaryFunction.SQRT);
  }

  /** 1 / √x. */
  public Expr rsqrt() {
    return unary(UnaryFunction.RSQRT);
  }

  /** e<sup>x</sup>. */
  public Expr exp() {
    return unary(UnaryFunction.EXP);
  }

  /** e<sup>x</sup> − 1. */
  public Expr expm1() {
    return unary(UnaryFunction.EXPM1);
  }

  /** ln x. */
  public Expr log() {
    return unary(UnaryFunction.LOG);
  }

  /** ln (1 + x). */
  public Expr log1p() {
    return unary(UnaryFunction.LOG1P);
  }

  /** tanh x. */
  public Expr tanh() {
    return unary(UnaryFunction.TANH);
  }

  /** 1 / (1 + e<sup>−x</sup>). */
  public Expr sigmoid() {
    return unary(UnaryFunction.SIGMOID);
  }

  /** The error function. */
  public Expr erf() {
    return unary(UnaryFunction.ERF);
  }

  /** x². */
  public Expr square() {
    return times(this);
  }

  /** 1 / x. */
  public Expr reciprocal() {
    return constant(1).dividedBy(this);
  }

  /** x as it would be after being stored in this type and read again. */
  public Expr round(DType to) {
    return owner.round(to, this);
  }

  private Condition compare(Comparison comparison, Expr b) {
    return owner.compare(comparison, this, b);
  }

  /** x &lt; b. */
  public Condition lessThan(Expr b) {
    return compare(Comparison.LESS, b);
  }

  /** x &lt; b. */
  public Condition lessThan(double b) {
    return lessThan(constant(b));
  }

  /** x ≤ b. */
  public Condition atMost(Expr b) {
    return compare(Comparison.LESS_EQUAL, b);
  }

  /** x ≤ b. */
  public Condition atMost(double b) {
    return atMost(constant(b));
  }

  /** x &gt; b. */
  public Condition greaterThan(Expr b) {
    return b.lessThan(this);
  }

  /** x &gt; b. */
  public Condition greaterThan(double b) {
    return greaterThan(constant(b));
  }

  /** x ≥ b. */
  public Condition atLeast(Expr b) {
    return b.atMost(this);
  }

  /** x ≥ b. */
  public Condition atLeast(double b) {
    return atLeast(constant(b));
  }

  /** x = b. */
  public Condition equalTo(Expr b) {
    return compare(Comparison.EQUAL, b);
  }

  /** x = b. */
  public Condition equalTo(double b) {
    return equalTo(constant(b));
  }

  /** x ≠ b, true if either is NaN. */
  public Condition notEqualTo(Expr b) {
    return compare(Comparison.NOT_EQUAL, b);
  }

  /** x ≠ b, true if x is NaN. */
  public Condition notEqualTo(double b) {
    return notEqualTo(constant(b));
  }

  /** Whether x is NaN or infinite: x − x ≠ 0. */
  public Condition isNotFinite() {
    return minus(this).notEqualTo(0);
  }
}
