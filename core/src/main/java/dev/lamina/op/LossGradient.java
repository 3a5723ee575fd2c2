package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/**
 * The gradient of {@link Loss} by the model's output as the {@link LossFunction} states it: inputs
 * dL [], z, y; output dz of z's type, for BF16 rounded once.
 */
public record LossGradient(LossFunction function) implements Op {
  @Override
  public String label() {
    return function.label() + "-gradient";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 3);
    TensorType z = Loss.checked(this, function, inputs, 1);
    Check.exactly(this, inputs, 0, Loss.of(z));
    return List.of(z);
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 5 * outputs.getFirst().size();
  }

  @Override
  public int inPlace() {
    return 1;
  }
}
