package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/** y = φ(x), elementwise; any shape. */
public record Activate(Activation activation) implements Op {
  @Override
  public String label() {
    return activation.label();
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 1);
    return List.of(Check.floating(this, inputs, 0));
  }

  /** dX = dY ∘ φ'(x). */
  @Override
  public List<Sym> gradient(GradientContext c) {
    return List.of(
        activation == Activation.IDENTITY
            ? c.dY()
            : c.emit(
                new ActivateGradient(activation),
                c.dY(),
                activation.ofInput() ? c.input(0) : c.output()));
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
