package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/**
 * The gradient of {@link Softmax}: inputs dY, Y [m, n]; dX = Y ∘ (dY − Σ<sub>k</sub> dY ∘ Y), or
 * for the logarithm dX = dY − e<sup>Y</sup> Σ<sub>k</sub> dY, each sum along its row.
 *
 * @param log whether Y is the logarithm of the softmax
 */
public record SoftmaxGradient(boolean log) implements Op {
  @Override
  public String label() {
    return (log ? "log-softmax" : "softmax") + "-gradient";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 2);
    Check.matrix(this, inputs, 0);
    return List.of(Check.sameTypes(this, inputs, 0));
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 5 * outputs.getFirst().size();
  }

  @Override
  public int inPlace() {
    return 0;
  }
}
