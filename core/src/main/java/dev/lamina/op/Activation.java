package dev.lamina.op;

import dev.lamina.formula.Derivative;
import dev.lamina.formula.Element;
import dev.lamina.formula.Evaluation;
import dev.lamina.formula.Expr;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Functions;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * An elementwise activation function φ. Where φ is monotone its derivative is expressed by its
 * output y = φ(x), so that a backward pass needs to keep y only; otherwise it takes x.
 */
public enum Activation {
  /** φ(x) = x, φ' = 1. */
  IDENTITY("identity", x -> x),
  /** φ(x) = max(0, x), φ' = [y &gt; 0]; NaN stays NaN. */
  RELU("relu", Functions.RELU::of),
  /** φ(x) = 1 / (1 + e<sup>−x</sup>), φ' = y (1 − y). */
  SIGMOID("sigmoid", Expr::sigmoid),
  /** φ(x) = tanh x, φ' = 1 − y². */
  TANH("tanh", Expr::tanh),
  /**
   * φ(x) = ½ x (1 + tanh u) with u = √(2/π) (x + 0.044715 x³): the Gaussian error linear unit in
   * its tanh form (Hendrycks and Gimpel 2016, PyTorch's {@code approximate='tanh'}), which is x
   * σ(2u). It falls and rises again, so φ' is taken from the input: φ' = σ(2u) (1 + 2x (1 − σ(2u))
   * u'), at ∓∞ 0 and 1, or NaN where it is fused with a product by a library. φ(−∞) is NaN, as −∞ ·
   * 0. In BF16 a library may approximate φ and φ', by no more than BF16's rounding of x and of the
   * gradient makes.
   */
  GELU("gelu", Functions.GELU::of);

  private final String label;
  private final Pointwise function;

  Activation(String label, UnaryOperator<Expr> function) {
    this.label = label;
    this.function = Pointwise.named(label, function);
  }

  /** The activation that an operation is, or null. */
  public static Activation of(Op op) {
    for (Activation activation : values()) {
      if (activation.function.is(op)) {
        return activation;
      }
    }
    return null;
  }

  /** The activation of which an operation is the {@link #gradient}, or null. */
  public static Activation ofGradient(Op op) {
    if (!(op instanceof Map(Formula formula, _))) {
      return null;
    }
    DType dtype = formula.outputs().getFirst().dtype();
    for (Activation activation : values()) {
      if (activation != IDENTITY
          && dtype.isFloating()
          && formula.equals(activation.derivative(TensorType.of(dtype)).formula())) {
        return activation;
      }
    }
    return null;
  }

  /** φ as an operation. */
  public Pointwise function() {
    return function;
  }

  /**
   * The gradient as an operation on tensors of this type: dX = dY ∘ φ' of dY and the output y, or
   * the input x if {@link #ofInput}; for RELU an element is dY where y &gt; 0 and exactly 0
   * elsewhere. IDENTITY has none, as its gradient is dY.
   */
  public Map gradient(TensorType x) {
    return new Map(derivative(x).formula(), x.shape());
  }

  private Derivative derivative(TensorType x) {
    return function.on(x).formula().derivative(0);
  }

  /** The name by which users call it. */
  public String label() {
    return label;
  }

  /**
   * Whether the derivative is taken from the input x and not from the output y, so that a backward
   * pass needs the pre-activation.
   */
  public boolean ofInput() {
    return derivative(TensorType.of(DType.FP32)).sources().contains(0);
  }

  /** φ(x) in double precision. */
  public double apply(double x) {
    return value(function.on(TensorType.of(DType.FP64)), x);
  }

  /**
   * φ'(x) in double precision.
   *
   * @param y the output φ(x), or the input x if {@link #ofInput}
   */
  public double derivative(double y) {
    return this == IDENTITY ? 1 : value(gradient(TensorType.of(DType.FP64)), 1, y);
  }

  private static double value(Map map, double... x) {
    double[][] inputs = Arrays.stream(x).mapToObj(v -> new double[] {v}).toArray(double[][]::new);
    return Evaluation.of(map.formula(), new Element(inputs, 0, 0, 1)).output(0);
  }
}
