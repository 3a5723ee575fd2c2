package dev.lamina.op;

import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;

/** Where operations are added: a graph under construction. */
@FunctionalInterface
public interface Emitter {
  /** Adds an operation and returns its first output. */
  Sym emit(Op op, Sym... inputs);

  /** The sum, element by element, with broadcasting. */
  default Sym add(Sym a, Sym b) {
    return Elementwise.ADD.on(this, a, b);
  }

  /** The product, element by element, with broadcasting. */
  default Sym multiply(Sym a, Sym b) {
    return Elementwise.MULTIPLY.on(this, a, b);
  }

  /** x times a constant. */
  default Sym scale(Sym x, double factor) {
    return factor == 1 ? x : Elementwise.scale(factor).on(this, x);
  }

  /** Repeats a number, a row or a column. */
  default Sym broadcast(Sym x, Shape shape) {
    return emit(Elementwise.broadcast(x.type(), shape), x);
  }

  /** A tensor of one value. */
  default Sym fill(double value, TensorType type) {
    return emit(new Fill(value, type));
  }

  /**
   * The adjoint of broadcasting: sums x over the axes along which {@code target} was repeated, so
   * that the result has its shape.
   */
  default Sym sumTo(Sym x, Shape target) {
    Shape from = x.type().shape();
    if (from.equals(target)) {
      return x;
    }
    if (target.isSingle()) {
      Sym sum = emit(new Reduce(Reduce.Kind.SUM, Reduce.Axis.ALL), x);
      return sum.type().shape().equals(target) ? sum : broadcast(sum, target);
    }
    boolean column = target.rank() == 2 && target.extent(1) == 1 && target.extent(0) == from.rows();
    Sym sum = emit(new Reduce(Reduce.Kind.SUM, column ? Reduce.Axis.COLUMNS : Reduce.Axis.ROWS), x);
    return sum.type().shape().equals(target) ? sum : broadcast(sum, target);
  }
}
