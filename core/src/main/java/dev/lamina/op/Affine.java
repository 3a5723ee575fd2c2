package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/** y = scale · x + shift, elementwise; any shape. */
public record Affine(double scale, double shift) implements Op {
  @Override
  public String label() {
    return "affine";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 1);
    return List.of(Check.floating(this, inputs, 0));
  }

  /** dX = scale · dY. */
  @Override
  public List<Sym> gradient(GradientContext c) {
    return List.of(c.emitter().scale(c.dY(), scale));
  }

  @Override
  public boolean differentiable(int input) {
    return true;
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 2 * outputs.getFirst().size();
  }

  @Override
  public int inPlace() {
    return 0;
  }
}
