package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * z = f(a, b), elementwise, with broadcasting: the shapes are equal, or one operand is a single
 * number, a row [n] or [1, n], or a column [m, 1] of the other's shape [m, n].
 */
public record Binary(Kind kind) implements Op {
  /** The function, with IEEE 754's results at the edges. */
  public enum Kind {
    /** a + b. */
    ADD,
    /** a − b. */
    SUBTRACT,
    /** a · b. */
    MULTIPLY,
    /** a / b. */
    DIVIDE,
    /** The larger, NaN if either is NaN; the gradient goes to a where a ≥ b, else to b. */
    MAXIMUM,
    /** The smaller, NaN if either is NaN; the gradient goes to b where a ≥ b, else to a. */
    MINIMUM,
    /** 1 where a = b, else 0; no gradient. */
    EQUAL,
    /** 1 where a ≥ b, else 0; no gradient. */
    GREATER_EQUAL
  }

  @Override
  public String label() {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 2);
    TensorType a = Check.floating(this, inputs, 0);
    TensorType b = inputs.get(1);
    Check.sameDType(this, inputs, a.dtype(), 1);
    boolean bIntoA = Check.broadcasts(b.shape(), a.shape());
    boolean aIntoB = Check.broadcasts(a.shape(), b.shape());
    if (!bIntoA && !aIntoB) {
      throw Check.mismatch(
          this, inputs, "equal shapes, or a number, a row [n] or a column [m, 1] beside [m, n]");
    }
    if (bIntoA && aIntoB) {
      return List.of(a.shape().rank() >= b.shape().rank() ? a : b);
    }
    return List.of(bIntoA ? a : b);
  }

  @Override
  public List<Sym> gradient(GradientContext c) {
    Emitter e = c.emitter();
    Sym a = c.input(0);
    Sym b = c.input(1);
    Sym dY = c.dY();
    Sym dA = null;
    Sym dB = null;
    switch (kind) {
      case ADD -> {
        dA = dY;
        dB = dY;
      }
      case SUBTRACT -> {
        dA = dY;
        dB = c.wants(1) ? e.scale(dY, -1) : null;
      }
      case MULTIPLY -> {
        dA = c.wants(0) ? e.binary(Kind.MULTIPLY, dY, b) : null;
        dB = c.wants(1) ? e.binary(Kind.MULTIPLY, dY, a) : null;
      }
      case DIVIDE -> {
        // d(a/b) = da / b − (a/b) db / b
        Sym quotient = e.binary(Kind.DIVIDE, dY, b);
        dA = quotient;
        dB = c.wants(1) ? e.scale(e.binary(Kind.MULTIPLY, quotient, c.output()), -1) : null;
      }
      case MAXIMUM, MINIMUM -> {
        Sym first = e.binary(Kind.GREATER_EQUAL, a, b);
        Sym second = c.emit(new Affine(-1, 1), first);
        dA = e.binary(Kind.MULTIPLY, dY, kind == Kind.MAXIMUM ? first : second);
        dB = e.binary(Kind.MULTIPLY, dY, kind == Kind.MAXIMUM ? second : first);
      }
      case EQUAL, GREATER_EQUAL -> throw new UnsupportedOperationException(label());
    }
    return Arrays.asList(
        c.wants(0) ? e.sumTo(dA, a.type().shape()) : null,
        c.wants(1) ? e.sumTo(dB, b.type().shape()) : null);
  }

  @Override
  public boolean differentiable(int input) {
    return kind != Kind.EQUAL && kind != Kind.GREATER_EQUAL;
  }

  @Override
  public int inPlace() {
    return 0;
  }
}
