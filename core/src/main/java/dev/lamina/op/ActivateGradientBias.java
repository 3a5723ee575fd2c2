package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/**
 * A fusion of an {@linkplain Activation#gradient activation's gradient} and the bias gradient:
 * inputs dF, F [m, n], with Z in the place of F where {@link Activation#ofInput}; outputs dZ = dF ∘
 * φ'(Z) [m, n] and db<sub>j</sub> = Σ<sub>i</sub> dZ<sub>ij</sub> [n].
 */
public record ActivateGradientBias(Activation activation) implements Op {
  @Override
  public String label() {
    return activation.label() + "-gradient+bias-gradient";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 2);
    TensorType type = Check.sameTypes(this, inputs, 0);
    Check.matrix(this, inputs, 0);
    return List.of(type, TensorType.of(type.dtype(), type.shape().columns()));
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 3 * outputs.getFirst().size();
  }

  @Override
  public int inPlace() {
    return 0;
  }
}
