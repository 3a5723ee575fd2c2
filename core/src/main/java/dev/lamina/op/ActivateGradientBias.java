package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/**
 * A fusion of {@link ActivateGradient} and the bias gradient: inputs dF, F [m, n]; outputs dZ = dF
 * ∘ φ'(Z) [m, n] and db<sub>j</sub> = Σ<sub>i</sub> dZ<sub>ij</sub> [n].
 *
 * @param wide whether db stays in FP32 where dF and F are BF16
 */
public record ActivateGradientBias(Activation activation, boolean wide) implements Op {
  /** A fusion whose results are of its operands' element type. */
  public ActivateGradientBias(Activation activation) {
    this(activation, false);
  }

  @Override
  public String label() {
    return activation.label() + "-gradient+bias-gradient" + (wide ? "+wide" : "");
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 2);
    TensorType type = Check.sameTypes(this, inputs, 0);
    Check.matrix(this, inputs, 0);
    return List.of(type, TensorType.of(Check.result(this, inputs, wide), type.shape().columns()));
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
