package dev.lamina.cpu;

import dev.lamina.formula.Expr;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.formula.Functions;
import dev.lamina.formula.Input;
import dev.lamina.formula.NamedFunction;
import dev.lamina.op.Activate;
import dev.lamina.op.ActivateGradient;
import dev.lamina.op.Activation;
import dev.lamina.op.AddScaled;
import dev.lamina.op.Affine;
import dev.lamina.op.Binary;
import dev.lamina.op.Broadcast;
import dev.lamina.op.Cast;
import dev.lamina.op.Dropout;
import dev.lamina.op.Fill;
import dev.lamina.op.Map;
import dev.lamina.op.Op;
import dev.lamina.op.Unary;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.List;

/** The pointwise operations as formulas. */
final class PointwiseFormulas {
  private PointwiseFormulas() {}

  /** The operation's formula for operands of these types; null if it is not pointwise. */
  static Formula of(Op op, List<TensorType> in, TensorType out) {
    FormulaBuilder f = new FormulaBuilder();
    Expr y =
        switch (op) {
          case Activate o -> activate(o.activation(), full(f, in.getFirst()));
          case ActivateGradient o ->
              gradient(o.activation(), full(f, in.get(0)), full(f, in.get(1)));
          case AddScaled o ->
              full(f, in.get(0)).fma(f.constant(o.alpha()), full(f, in.get(1)).times(o.beta()));
          case Affine o -> full(f, in.getFirst()).fma(o.scale(), o.shift());
          case Binary o ->
              binary(o.kind(), read(f, in.get(0), out.shape()), read(f, in.get(1), out.shape()));
          case Broadcast _ -> read(f, in.getFirst(), out.shape());
          case Cast _ -> full(f, in.getFirst());
          case Dropout o -> dropout(o, f, full(f, in.getFirst()));
          case Fill o -> f.constant(o.value());
          case Unary o -> unary(o.function(), full(f, in.getFirst()));
          default -> null;
        };
    if (y == null) {
      return null;
    }
    f.output(y, out.dtype());
    return f.build();
  }

  private static Expr full(FormulaBuilder f, TensorType type) {
    return f.full(type.dtype());
  }

  /** An operand that fills a shape. */
  private static Expr read(FormulaBuilder f, TensorType type, Shape shape) {
    return f.read(f.input(new Input(Map.kind(type.shape(), shape), type.dtype(), 1)), 0);
  }

  private static Expr activate(Activation activation, Expr x) {
    return switch (activation) {
      case IDENTITY -> x;
      case RELU -> Functions.RELU.of(x);
      case SIGMOID -> x.sigmoid();
      case TANH -> x.tanh();
      case GELU -> Functions.GELU.of(x);
    };
  }

  /** d · φ', from y = φ(x), or from x where {@link Activation#ofInput}. */
  static Expr gradient(Activation activation, Expr d, Expr y) {
    FormulaBuilder f = d.owner();
    return switch (activation) {
      case IDENTITY -> d;
      case RELU -> y.greaterThan(0).select(d, 0);
      case SIGMOID -> d.times(y.times(f.constant(1).minus(y)));
      case TANH -> d.times(f.constant(1).minus(y.square()));
      case GELU -> pullback(Functions.GELU, d, y);
    };
  }

  private static Expr pullback(NamedFunction function, Expr d, Expr x) {
    Expr[] operands = {d, x, x};
    return d.owner()
        .inline(function.pullbacks().getFirst(), (input, _) -> operands[input], c -> c)
        .getFirst();
  }

  private static Expr binary(Binary.Kind kind, Expr a, Expr b) {
    return switch (kind) {
      case ADD -> a.plus(b);
      case SUBTRACT -> a.minus(b);
      case MULTIPLY -> a.times(b);
      case DIVIDE -> a.dividedBy(b);
      case MAXIMUM -> a.max(b);
      case MINIMUM -> a.min(b);
      case EQUAL -> a.equalTo(b).select(1, 0);
      case GREATER_EQUAL -> a.atLeast(b).select(1, 0);
    };
  }

  private static Expr unary(Unary.Function function, Expr x) {
    return switch (function) {
      case ABS -> x.abs();
      case EXP -> x.exp();
      case LOG -> x.log();
      case NEGATE -> x.negate();
      case RECIPROCAL -> x.reciprocal();
      case SIGN -> x.sign();
      case SQRT -> x.sqrt();
      case SQUARE -> x.square();
    };
  }

  /** The threshold is a multiple of 2⁻²⁴ as the random numbers are: the comparison is exact. */
  private static Expr dropout(Dropout op, FormulaBuilder f, Expr x) {
    int clock = f.singles(DType.INT32, 4);
    Expr u = f.uniform(clock, op.stream());
    return u.lessThan(op.threshold() * 0x1p-24).select(0, x.times(op.scale()));
  }
}
