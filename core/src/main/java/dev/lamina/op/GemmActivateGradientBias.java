package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/**
 * A fusion across two layers: the input gradient of one layer, the activation gradient and the bias
 * gradient of the layer below. Inputs A = dZ' [m, k], B = W' [k, n], F [m, n], the output of the
 * activation below, or its input Z where {@link Activation#ofInput}; outputs dZ = (A·B) ∘ φ'(Z) [m,
 * n] and db<sub>j</sub> = Σ<sub>i</sub> dZ<sub>ij</sub> [n].
 *
 * @param wide whether db stays in FP32 where the operands are BF16
 */
public record GemmActivateGradientBias(Activation activation, boolean wide) implements Op {
  /** A fusion whose results are of its operands' element type. */
  public GemmActivateGradientBias(Activation activation) {
    this(activation, false);
  }

  @Override
  public String label() {
    return "gemm+" + activation.label() + "-gradient+bias-gradient" + (wide ? "+wide" : "");
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 3);
    TensorType d = Gemm.of(false, false).infer(inputs.subList(0, 2)).getFirst();
    Check.exactly(this, inputs, 2, d);
    return List.of(d, TensorType.of(Check.result(this, inputs, wide), d.shape().columns()));
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    long size = outputs.getFirst().size();
    return 2 * size * inputs.getFirst().shape().extent(1) + 3 * size;
  }
}
