package dev.lamina.op;

import dev.lamina.op.Reduce.Axis;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * A range along an axis, any type: with {@link Axis#ROWS} the rows {@code from} to {@code to}
 * (exclusive) of a tensor with any number of axes, y<sub>i…</sub> = x<sub>from+i…</sub>; with
 * {@link Axis#COLUMNS} those columns of a matrix, y<sub>ij</sub> = x<sub>i,from+j</sub>.
 */
public record Slice(Axis axis, long from, long to) implements BlockCopy {
  /** Checks the axis. */
  public Slice {
    if (axis == Axis.ALL) {
      throw new IllegalArgumentException("slice: expected the axis ROWS or COLUMNS, got ALL");
    }
  }

  @Override
  public String label() {
    return axis == Axis.ROWS ? "slice-rows" : "slice-columns";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 1);
    TensorType x = inputs.getFirst();
    int index = Concat.index(this, axis, inputs, 0);
    long[] extents = x.shape().extents();
    if (from < 0 || from >= to || to > extents[index]) {
      throw Check.mismatch(
          this, inputs, "0 <= from < to <= " + extents[index] + ", got " + from + " to " + to);
    }
    extents[index] = to - from;
    return List.of(x.as(Shape.of(extents)));
  }

  @Override
  public List<Block> blocks(List<TensorType> inputs) {
    Shape x = inputs.getFirst().shape();
    if (axis == Axis.ROWS) {
      long row = x.size() / x.extent(0);
      long size = (to - from) * row;
      return List.of(new Block(0, 1, size, from * row, size, 0, size));
    }
    return List.of(new Block(0, x.rows(), to - from, from, x.columns(), 0, to - from));
  }

  /** dX = dY between zeros. */
  @Override
  public List<Sym> gradient(GradientContext c) {
    TensorType x = c.input(0).type();
    long extent = x.shape().extent(Concat.index(this, axis, List.of(x), 0));
    List<Sym> parts = new ArrayList<>();
    zeros(c, from, parts);
    parts.add(c.dY());
    zeros(c, extent - to, parts);
    return List.of(
        parts.size() == 1
            ? c.dY()
            : c.emit(new Concat(axis, parts.size()), parts.toArray(Sym[]::new)));
  }

  private void zeros(GradientContext c, long count, List<Sym> parts) {
    if (count > 0) {
      TensorType x = c.input(0).type();
      long[] extents = x.shape().extents();
      extents[Concat.index(this, axis, List.of(x), 0)] = count;
      parts.add(c.emitter().fill(0, x.as(Shape.of(extents))));
    }
  }
}
