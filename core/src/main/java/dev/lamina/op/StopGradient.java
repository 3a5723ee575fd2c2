package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/**
 * y = x, a constant to differentiation: no gradient passes through it, as {@code detach} in
 * PyTorch. Any shape and type.
 */
public record StopGradient() implements BlockCopy {
  @Override
  public String label() {
    return "stop-gradient";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 1);
    return List.of(inputs.getFirst());
  }

  @Override
  public boolean differentiable(int input) {
    return false;
  }

  @Override
  public int inPlace() {
    return 0;
  }
}
