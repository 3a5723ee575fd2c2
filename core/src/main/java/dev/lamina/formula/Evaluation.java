package dev.lamina.formula;

import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;

/**
 * A formula's value at one element, in double precision, not optimised: what code is checked by.
 */
public final class Evaluation {
  private final Formula formula;
  private final double[] values;

  private Evaluation(Formula formula, double[] values) {
    this.formula = formula;
    this.values = values;
  }

  /** Evaluates a formula. */
  public static Evaluation of(Formula formula, Element element) {
    Formula flat = formula.expanded();
    double[] v = new double[flat.nodes().size()];
    for (int i = 0; i < v.length; i++) {
      v[i] =
          switch (flat.nodes().get(i)) {
            case Node.Read n -> element.inputs()[n.input()][n.element()];
            case Node.Constant n -> n.value();
            case Node.Position n -> element.position(n.axis());
            case Node.Before n -> element.index() < n.end() ? 1 : 0;
            case Node.Uniform n -> element.uniform(n);
            case Node.Unary n -> n.function().value(v[n.x()]);
            case Node.Binary n -> n.function().value(v[n.a()], v[n.b()]);
            case Node.Fma n -> Math.fma(v[n.a()], v[n.b()], v[n.c()]);
            case Node.Compare n -> n.comparison().test(v[n.a()], v[n.b()]) ? 1 : 0;
            case Node.Select n -> v[n.test()] != 0 ? v[n.a()] : v[n.b()];
            case Node.Round n -> round(n.to(), v[n.x()]);
            case Node.Apply n -> throw new AssertionError(n); // expanded
          };
    }
    return new Evaluation(flat, v);
  }

  /** The value of an output before it is stored. */
  public double output(int i) {
    return values[formula.outputs().get(i).node()];
  }

  /** Whether the element raises a flag. */
  public boolean raises(int flag) {
    return values[formula.flags().get(flag).test()] != 0;
  }

  /**
   * To what an element that raises a flag raises its number.
   *
   * @param rest how many elements there are from this one to the end
   */
  public double raised(int flag, long rest) {
    Flag raised = formula.flags().get(flag);
    return raised.isRest() ? rest : values[raised.value()];
  }

  /** Whether the run writes nothing. */
  public boolean skips() {
    return formula.skip() != Formula.NEVER && values[formula.skip()] != 0;
  }

  /** A number as it is after being stored in a type. */
  public static double round(DType to, double x) {
    return switch (to) {
      case FP64 -> x;
      case FP32 -> (float) x;
      case BF16 -> BFloat16.toFloat(BFloat16.of(x));
      case INT32 -> (int) x;
      case UINT8 -> Math.clamp((int) x, 0, 255);
    };
  }
}
