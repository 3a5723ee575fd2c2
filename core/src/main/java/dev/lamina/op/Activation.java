package dev.lamina.op;

/**
 * An elementwise activation function φ, with its derivative expressed by its output y = φ(x), so
 * that a backward pass needs to keep y only.
 */
public enum Activation {
  /** φ(x) = x, φ' = 1. */
  IDENTITY("identity"),
  /** φ(x) = max(0, x), φ' = [y &gt; 0]; NaN stays NaN. */
  RELU("relu"),
  /** φ(x) = 1 / (1 + e<sup>−x</sup>), φ' = y (1 − y). */
  SIGMOID("sigmoid"),
  /** φ(x) = tanh x, φ' = 1 − y². */
  TANH("tanh");

  private final String label;

  Activation(String label) {
    this.label = label;
  }

  /** The name by which users call it. */
  public String label() {
    return label;
  }

  /** φ(x) in double precision. */
  public double apply(double x) {
    return switch (this) {
      case IDENTITY -> x;
      case RELU -> Double.isNaN(x) ? x : Math.max(0, x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case TANH -> Math.tanh(x);
    };
  }

  /** φ'(x) in double precision, from the output y = φ(x). */
  public double derivative(double y) {
    return switch (this) {
      case IDENTITY -> 1;
      case RELU -> y > 0 ? 1 : 0;
      case SIGMOID -> y * (1 - y);
      case TANH -> 1 - y * y;
    };
  }
}
