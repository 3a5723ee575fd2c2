package dev.lamina.cuda.formula;

import dev.lamina.formula.Expr;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.op.Activation;
import dev.lamina.op.AddScaled;
import dev.lamina.op.Binary;
import dev.lamina.op.Dropout;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Map;
import dev.lamina.op.Pointwise;
import dev.lamina.op.Unary;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;

/** The formulas of operations that core has beside {@link Map}. */
public final class CoreFormulas {
  private CoreFormulas() {}

  /** That of a unary operation. */
  public static Pointwise of(Unary.Function function) {
    return switch (function) {
      case ABS -> Elementwise.ABS;
      case EXP -> Elementwise.EXP;
      case LOG -> Elementwise.LOG;
      case NEGATE -> Elementwise.NEGATE;
      case RECIPROCAL -> Elementwise.RECIPROCAL;
      case SIGN -> Elementwise.SIGN;
      case SQRT -> Elementwise.SQRT;
      case SQUARE -> Elementwise.SQUARE;
    };
  }

  /** That of a binary operation. */
  public static Pointwise of(Binary.Kind kind) {
    return switch (kind) {
      case ADD -> Elementwise.ADD;
      case SUBTRACT -> Elementwise.SUBTRACT;
      case MULTIPLY -> Elementwise.MULTIPLY;
      case DIVIDE -> Elementwise.DIVIDE;
      case MAXIMUM -> Elementwise.MAXIMUM;
      case MINIMUM -> Elementwise.MINIMUM;
      case EQUAL -> Elementwise.EQUAL;
      case GREATER_EQUAL -> Elementwise.GREATER_EQUAL;
    };
  }

  /** α x + β y. */
  public static Pointwise of(AddScaled op) {
    return Pointwise.of((x, y) -> x.times(op.alpha()).plus(y.times(op.beta())));
  }

  /** The threshold is a multiple of 2⁻²⁴ as the random numbers are: the comparison is exact. */
  public static Map of(Dropout op, TensorType type) {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(type.dtype());
    Expr u = f.uniform(f.singles(DType.INT32, 4), op.stream());
    Expr kept = x.times(op.scale());
    f.output(u.lessThan(op.threshold() * 0x1p-24).select(0, kept), type.dtype());
    return new Map(f.build(), type.shape());
  }

  /** φ(z + b), with the row b repeated downwards: what a product without epilogue leaves to do. */
  public static Map biased(Activation activation, TensorType type) {
    FormulaBuilder f = new FormulaBuilder();
    Expr a = f.full(type.dtype()).plus(f.row(type.dtype()));
    Formula function = activation.function().on(type).formula();
    f.output(f.inline(function, (_, _) -> a, c -> c).getFirst(), type.dtype());
    return new Map(f.build(), type.shape());
  }
}
