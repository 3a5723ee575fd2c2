package dev.lamina.op;

import dev.lamina.op.Binary.Kind;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.Locale;

/** y = f(x), elementwise; any shape. */
public record Unary(Function function) implements Op {
  /** The function, with NumPy's and IEEE 754's results at the edges. */
  public enum Function {
    /** |x|; gradient dY ∘ sign x. */
    ABS,
    /** e<sup>x</sup>; gradient dY ∘ y. */
    EXP,
    /** ln x, NaN below 0, −∞ at 0; gradient dY / x. */
    LOG,
    /** −x; gradient −dY. */
    NEGATE,
    /** 1 / x; gradient −dY ∘ y². */
    RECIPROCAL,
    /** −1, 0 or 1; NaN for NaN; gradient 0. */
    SIGN,
    /** √x; gradient dY / (2y). */
    SQRT,
    /** x²; gradient 2 dY ∘ x. */
    SQUARE
  }

  @Override
  public String label() {
    return function.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 1);
    return List.of(Check.floating(this, inputs, 0));
  }

  @Override
  public List<Sym> gradient(GradientContext c) {
    Emitter e = c.emitter();
    Sym x = c.input(0);
    Sym y = c.output();
    Sym dY = c.dY();
    return List.of(
        switch (function) {
          case ABS -> e.binary(Kind.MULTIPLY, dY, c.emit(new Unary(Function.SIGN), x));
          case EXP -> e.binary(Kind.MULTIPLY, dY, y);
          case LOG -> e.binary(Kind.DIVIDE, dY, x);
          case NEGATE -> c.emit(this, dY);
          case RECIPROCAL ->
              e.scale(e.binary(Kind.MULTIPLY, dY, c.emit(new Unary(Function.SQUARE), y)), -1);
          case SIGN -> e.fill(0, x.type());
          case SQRT -> e.scale(e.binary(Kind.DIVIDE, dY, y), 0.5);
          case SQUARE -> e.scale(e.binary(Kind.MULTIPLY, dY, x), 2);
        });
  }

  @Override
  public boolean differentiable(int input) {
    return true;
  }

  @Override
  public int inPlace() {
    return 0;
  }
}
