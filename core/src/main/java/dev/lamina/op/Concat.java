package dev.lamina.op;

import dev.lamina.op.Reduce.Axis;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tensors joined along an axis, of one element type: with {@link Axis#COLUMNS} matrices [m, k], [m,
 * l], ... side by side to [m, k + l + ...]; with {@link Axis#ROWS} tensors that differ in their
 * first extent at most, one below the other.
 *
 * @param count how many, from 1
 */
public record Concat(Axis axis, int count) implements BlockCopy {
  /** Checks the axis and the number. */
  public Concat {
    if (axis == Axis.ALL || count < 1) {
      throw new IllegalArgumentException(
          "concat of "
              + count
              + " along "
              + axis
              + ": expected at least one, along the axis ROWS or COLUMNS");
    }
  }

  @Override
  public String label() {
    return axis == Axis.ROWS ? "concat-rows" : "concat-columns";
  }

  /** Which extent of an operand the axis is; columns are those of a matrix. */
  static int index(Op op, Axis axis, List<TensorType> inputs, int operand) {
    if (axis == Axis.COLUMNS) {
      Check.matrix(op, inputs, operand);
      return 1;
    }
    if (inputs.get(operand).shape().rank() == 0) {
      throw Check.mismatch(op, inputs, "tensors with rows, got a scalar");
    }
    return 0;
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, count);
    TensorType first = inputs.getFirst();
    long[] extents = first.shape().extents();
    int index = index(this, axis, inputs, 0);
    for (int i = 1; i < count; i++) {
      TensorType next = inputs.get(i);
      long[] more = next.shape().extents();
      if (more.length == extents.length) {
        extents[index] += more[index];
        more[index] = extents[index];
      }
      if (next.dtype() != first.dtype() || !Arrays.equals(more, extents)) {
        throw Check.mismatch(
            this, inputs, "operands of one element type, alike but for their extent " + index);
      }
    }
    return List.of(first.as(Shape.of(extents)));
  }

  @Override
  public List<Block> blocks(List<TensorType> inputs) {
    List<Block> blocks = new ArrayList<>(count);
    long pitch = inputs.stream().mapToLong(x -> x.shape().columns()).sum();
    long at = 0;
    for (int i = 0; i < count; i++) {
      TensorType x = inputs.get(i);
      if (axis == Axis.ROWS) {
        blocks.add(Block.whole(i, x, at));
        at += x.size();
      } else {
        long columns = x.shape().columns();
        blocks.add(new Block(i, x.shape().rows(), columns, 0, columns, at, pitch));
        at += columns;
      }
    }
    return blocks;
  }

  /** The slice of dY where each operand lies. */
  @Override
  public List<Sym> gradient(GradientContext c) {
    List<Sym> gradients = new ArrayList<>(count);
    long at = 0;
    for (int i = 0; i < count; i++) {
      Shape shape = c.input(i).type().shape();
      long extent = shape.extent(axis == Axis.ROWS ? 0 : 1);
      gradients.add(c.wants(i) ? c.emit(new Slice(axis, at, at + extent), c.dY()) : null);
      at += extent;
    }
    return gradients;
  }
}
