package dev.lamina.formula;

import java.util.Locale;

/** A primitive function of two numbers. */
public enum BinaryFunction {
  /** a + b. */
  ADD("+", 0.5),
  /** a − b. */
  SUBTRACT("-", 0.5),
  /** a · b. */
  MULTIPLY("*", 0.5),
  /** a / b, correctly rounded. */
  DIVIDE("/", 0.5),
  /** The smaller, NaN if either is NaN; of zeros of two signs either one. */
  MINIMUM("min", 0),
  /** The larger, NaN if either is NaN; of zeros of two signs either one. */
  MAXIMUM("max", 0),
  /** a<sup>b</sup> as IEEE 754's {@code pow}. */
  POWER("power", 8);

  private final String symbol;
  private final double ulps;

  BinaryFunction(String symbol, double ulps) {
    this.symbol = symbol;
    this.ulps = ulps;
  }

  /** The value in double precision. */
  public double value(double a, double b) {
    return switch (this) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MINIMUM -> Math.min(a, b);
      case MAXIMUM -> Math.max(a, b);
      case POWER -> power(a, b);
    };
  }

  /** Java's {@code pow} gives NaN for 1 to the power of NaN or infinity, where IEEE 754 has 1. */
  private static double power(double a, double b) {
    return a == 1 || a == -1 && Double.isInfinite(b) ? 1 : Math.pow(a, b);
  }

  /** By how many units in the last place every backend's result may differ from the exact one. */
  public double ulps() {
    return ulps;
  }

  /** Whether the operands may be exchanged. */
  public boolean isCommutative() {
    return this == ADD || this == MULTIPLY || this == MINIMUM || this == MAXIMUM;
  }

  /** Whether it is written between its operands. */
  boolean isOperator() {
    return !Character.isLetter(symbol.charAt(0));
  }

  /** An operator or a name in lower case. */
  @Override
  public String toString() {
    return symbol.toLowerCase(Locale.ROOT);
  }
}
