package dev.lamina.cuda.formula;

import dev.lamina.formula.Expr;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.op.Activation;
import dev.lamina.op.Map;
import dev.lamina.type.TensorType;

/** The formulas of what follows a product. */
public final class CoreFormulas {
  private CoreFormulas() {}

  /** φ(z + b), with the row b repeated downwards: what a product without epilogue leaves to do. */
  public static Map biased(Activation activation, TensorType type) {
    FormulaBuilder f = new FormulaBuilder();
    Expr a = f.full(type.dtype()).plus(f.row(type.dtype()));
    Formula function = activation.function().on(type).formula();
    f.output(f.inline(function, (_, _) -> a, c -> c).getFirst(), type.dtype());
    return new Map(f.build(), type.shape());
  }
}
