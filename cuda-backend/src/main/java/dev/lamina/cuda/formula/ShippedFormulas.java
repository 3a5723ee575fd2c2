package dev.lamina.cuda.formula;

import dev.lamina.formula.Derivative;
import dev.lamina.formula.Expr;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.formula.Functions;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The formulas whose kernels are compiled among the resources: those of core's own layers. */
final class ShippedFormulas {
  private static final List<DType> FLOATING = List.of(DType.FP32, DType.BF16, DType.FP64);

  private static final List<UnaryOperator<Expr>> ACTIVATIONS =
      List.of(
          Functions.RELU::of,
          Functions.GELU::of,
          Functions.SILU::of,
          Functions.SOFTPLUS::of,
          Expr::sigmoid,
          Expr::tanh);

  private ShippedFormulas() {}

  /** The formulas of each module; its name ends with the type that is stored. */
  static Map<String, List<Formula>> modules() {
    Map<String, List<Formula>> modules = new TreeMap<>();
    for (DType dtype : FLOATING) {
      String suffix = "_" + suffix(dtype);
      modules.put("map_activations" + suffix, activations(dtype));
    }
    return modules;
  }

  private static String suffix(DType dtype) {
    return dtype == DType.BF16 ? "bf16" : "f" + 8 * dtype.bytes();
  }

  /** φ(x), and its gradient. */
  private static List<Formula> activations(DType dtype) {
    List<Formula> formulas = new ArrayList<>();
    for (UnaryOperator<Expr> activation : ACTIVATIONS) {
      FormulaBuilder f = new FormulaBuilder();
      f.output(activation.apply(f.full(dtype)), dtype);
      Formula formula = f.build();
      formulas.add(formula);
      formulas.add(Derivative.of(formula, List.of(0)).formula());
    }
    return formulas;
  }
}
