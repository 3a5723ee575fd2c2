package dev.lamina.op;

import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.List;

/**
 * A fusion of {@link Loss} and {@link LossGradient} for dL = 1: inputs z, y; outputs dz of z's
 * shape and the loss [].
 */
public record LossWithGradient(LossFunction function) implements Op {
  @Override
  public String label() {
    return function.label() + "+gradient";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 2);
    TensorType z = Loss.checked(this, function, inputs, 0);
    return List.of(z, z.as(Shape.scalar()));
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 7 * outputs.getFirst().size();
  }

  @Override
  public int inPlace() {
    return 0;
  }
}
