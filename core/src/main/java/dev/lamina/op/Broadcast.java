package dev.lamina.op;

import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.List;

/** Repeats a single number, a row [n] or [1, n], or a column [m, 1] to fill a shape [m, n]. */
public record Broadcast(Shape shape) implements Op {
  @Override
  public String label() {
    return "broadcast";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 1);
    TensorType x = Check.floating(this, inputs, 0);
    if (!Check.broadcasts(x.shape(), shape)) {
      throw Check.mismatch(
          this, inputs, "a number, a row [n] or a column [m, 1] to fill [m, n] = " + shape);
    }
    return List.of(x.as(shape));
  }

  /** dX = dY summed over the repeated axes. */
  @Override
  public List<Sym> gradient(GradientContext c) {
    return List.of(c.emitter().sumTo(c.dY(), c.input(0).type().shape()));
  }

  @Override
  public boolean differentiable(int input) {
    return true;
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 0;
  }
}
