package dev.lamina.formula;

/** A comparison of two numbers, as IEEE 754 has it: with NaN all but NOT_EQUAL are false. */
public enum Comparison {
  /** a &lt; b. */
  LESS("<"),
  /** a ≤ b. */
  LESS_EQUAL("<="),
  /** a = b. */
  EQUAL("=="),
  /** a ≠ b, true if either is NaN. */
  NOT_EQUAL("!=");

  private final String symbol;

  Comparison(String symbol) {
    this.symbol = symbol;
  }

  /** The result for two numbers. */
  public boolean test(double a, double b) {
    return switch (this) {
      case LESS -> a < b;
      case LESS_EQUAL -> a <= b;
      case EQUAL -> a == b;
      case NOT_EQUAL -> a != b;
    };
  }

  /** As Java and C write it. */
  @Override
  public String toString() {
    return symbol;
  }
}
