package dev.lamina.formula;

import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A function with a name and a derivative of its own, for where the mechanical derivative would
 * cancel or overflow, or where the forward value can be used again. It is expanded before code is
 * made of it.
 *
 * @param name in lower case, for listings
 * @param value y of x<sub>0</sub>, x<sub>1</sub>, ...
 * @param pullbacks for each x<sub>i</sub>, d · ∂y/∂x<sub>i</sub> of d, x<sub>0</sub>, ..., y
 */
public record NamedFunction(String name, Formula value, List<Formula> pullbacks) {
  /** Copies the list. */
  public NamedFunction {
    pullbacks = List.copyOf(pullbacks);
    if (pullbacks.size() != value.inputs().size()) {
      throw new IllegalArgumentException(
          name + ": expected a derivative by each of its " + value.inputs().size() + " operands");
    }
  }

  /** y of one number x. */
  @FunctionalInterface
  public interface Definition {
    /** Computes y. */
    Expr of(Expr x);
  }

  /** What arrives at x when d arrives at y: d · dy/dx. */
  @FunctionalInterface
  public interface Pullback {
    /** Computes it from d, x and y; the fewer of x and y it takes the fewer must be kept. */
    Expr of(Expr d, Expr x, Expr y);
  }

  /** y of two numbers. */
  @FunctionalInterface
  public interface Definition2 {
    /** Computes y. */
    Expr of(Expr a, Expr b);
  }

  /** What arrives at a or b when d arrives at y. */
  @FunctionalInterface
  public interface Pullback2 {
    /** Computes it. */
    Expr of(Expr d, Expr a, Expr b, Expr y);
  }

  /** A function of one number. */
  public static NamedFunction of(String name, Definition value, Pullback pullback) {
    return new NamedFunction(
        name,
        formula(1, x -> value.of(x.get(0))),
        List.of(formula(3, x -> pullback.of(x.get(0), x.get(1), x.get(2)))));
  }

  /** A function of two numbers. */
  public static NamedFunction of(
      String name, Definition2 value, Pullback2 pullbackA, Pullback2 pullbackB) {
    return new NamedFunction(
        name,
        formula(2, x -> value.of(x.get(0), x.get(1))),
        List.of(
            formula(4, x -> pullbackA.of(x.get(0), x.get(1), x.get(2), x.get(3))),
            formula(4, x -> pullbackB.of(x.get(0), x.get(1), x.get(2), x.get(3)))));
  }

  private static Formula formula(int inputs, Function<List<Expr>, Expr> definition) {
    FormulaBuilder builder = new FormulaBuilder();
    List<Expr> x = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      x.add(builder.full(DType.FP64));
    }
    builder.output(definition.apply(x), DType.FP64);
    return builder.build();
  }

  /** The number of operands. */
  public int arity() {
    return value.inputs().size();
  }

  /** The function of these numbers. */
  public Expr of(Expr... x) {
    return x[0].owner().apply(this, x);
  }

  @Override
  public String toString() {
    return name;
  }
}
