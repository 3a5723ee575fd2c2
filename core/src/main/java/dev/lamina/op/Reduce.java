package dev.lamina.op;

import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.Locale;

/**
 * Sum, mean or maximum over the rows, the columns or all elements. The result over the rows of [m,
 * n] is a row [n], over the columns a column [m, 1], over all a scalar [], so that it broadcasts
 * back against its source. Sums are taken in a fixed order: the same input gives the same bits.
 *
 * @param wide whether the result for BF16 stays in FP32, in which it is computed
 */
public record Reduce(Reduce.Kind kind, Axis axis, boolean wide) implements Op {
  /** A reduction whose result is of its operand's element type. */
  public Reduce(Reduce.Kind kind, Axis axis) {
    this(kind, axis, false);
  }

  /** What is computed. */
  public enum Kind {
    /** Σ x. */
    SUM,
    /** Σ x / count. */
    MEAN,
    /** max x, NaN if any is NaN; the gradient is shared by equal maxima. */
    MAX
  }

  /** What is summed over. */
  public enum Axis {
    /** Axis 0: down the rows, one result for each column. */
    ROWS,
    /** Axis 1: along the columns, one result for each row. */
    COLUMNS,
    /** Everything: a scalar. */
    ALL
  }

  @Override
  public String label() {
    return (kind + "-" + axis).toLowerCase(Locale.ROOT) + (wide ? "+wide" : "");
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 1);
    Check.floating(this, inputs, 0);
    TensorType x = inputs.getFirst().as(Check.result(this, inputs, wide));
    if (axis == Axis.ALL) {
      return List.of(x.as(Shape.scalar()));
    }
    Check.matrix(this, inputs, 0);
    return List.of(
        x.as(axis == Axis.ROWS ? Shape.of(x.shape().columns()) : Shape.of(x.shape().rows(), 1)));
  }

  @Override
  public Reduce widened() {
    return new Reduce(kind, axis, true);
  }

  /** How many elements each result is made of. */
  public long count(Shape source) {
    return switch (axis) {
      case ROWS -> source.rows();
      case COLUMNS -> source.columns();
      case ALL -> source.size();
    };
  }

  /**
   * SUM: dY repeated; MEAN: dY / count repeated; MAX: dY shared by the elements that are the
   * maximum.
   */
  @Override
  public List<Sym> gradient(GradientContext c) {
    if (wide) {
      throw new UnsupportedOperationException(
          label() + " has no gradient: it is what a program makes of a reduction and a cast");
    }
    Emitter e = c.emitter();
    Sym x = c.input(0);
    Shape shape = x.type().shape();
    return List.of(
        switch (kind) {
          case SUM -> e.broadcast(c.dY(), shape);
          case MEAN -> e.broadcast(e.scale(c.dY(), 1.0 / count(shape)), shape);
          case MAX -> {
            Sym hit = Elementwise.EQUAL.on(e, x, c.output());
            Sym hits = c.emit(new Reduce(Kind.SUM, axis), hit);
            yield e.multiply(hit, Elementwise.DIVIDE.on(e, c.dY(), hits));
          }
        });
  }

  @Override
  public boolean differentiable(int input) {
    return true;
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return inputs.getFirst().size();
  }
}
