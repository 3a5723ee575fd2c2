package dev.lamina.formula;

/**
 * A condition in a formula under construction.
 *
 * @param owner the builder that it belongs to
 * @param node its node there
 */
public record Condition(FormulaBuilder owner, int node) {
  /** {@code a} where the condition holds, {@code b} elsewhere. */
  public Expr select(Expr a, Expr b) {
    return owner.select(this, a, b);
  }

  /** {@code a} where the condition holds, {@code b} elsewhere. */
  public Expr select(double a, Expr b) {
    return select(owner.constant(a), b);
  }

  /** {@code a} where the condition holds, {@code b} elsewhere. */
  public Expr select(Expr a, double b) {
    return select(a, owner.constant(b));
  }

  /** {@code a} where the condition holds, {@code b} elsewhere. */
  public Expr select(double a, double b) {
    return select(owner.constant(a), owner.constant(b));
  }
}
