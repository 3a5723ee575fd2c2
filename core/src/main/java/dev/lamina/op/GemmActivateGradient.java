package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/**
 * A fusion across two layers: the input gradient of one layer and the activation gradient of the
 * layer below. Inputs A = dZ' [m, k], B = W' [k, n], F [m, n], the output of the activation below,
 * or its input Z where {@link Activation#ofInput}; outputs dZ = (A·B) ∘ φ'(Z) [m, n] and, if {@code
 * bias}, the bias gradient db<sub>j</sub> = Σ<sub>i</sub> dZ<sub>ij</sub> [n]. All are of one
 * element type.
 *
 * @param bias whether the bias gradient is a second output
 */
public record GemmActivateGradient(Activation activation, boolean bias) implements Op {
  @Override
  public String label() {
    return "gemm+" + activation.label() + "-gradient" + (bias ? "+bias-gradient" : "");
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 3);
    TensorType d = Gemm.of(false, false).infer(inputs.subList(0, 2)).getFirst();
    Check.exactly(this, inputs, 2, d);
    return bias ? List.of(d, TensorType.of(d.dtype(), d.shape().columns())) : List.of(d);
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    long size = outputs.getFirst().size();
    return 2 * size * inputs.getFirst().shape().extent(1) + (bias ? 3 : 2) * size;
  }
}
