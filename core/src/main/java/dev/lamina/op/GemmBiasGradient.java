package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/**
 * A fusion of both gradients of a layer's parameters: the product dW = dZᵀ·X and the sum over the
 * rows of its first factor. Inputs dZ [m, n], X [m, k]; outputs dW [n, k] and the bias gradient
 * db<sub>j</sub> = Σ<sub>i</sub> dZ<sub>ij</sub> [n], both of the inputs' element type, or FP32 if
 * {@code wide}.
 *
 * @param wide whether the results for BF16 stay in FP32, in which they are computed
 */
public record GemmBiasGradient(boolean wide) implements Op {
  /** The product alone. */
  public Gemm gemm() {
    Gemm gemm = Gemm.of(true, false);
    return wide ? gemm.widened() : gemm;
  }

  /** The sum alone, of the first input. */
  public Reduce sum() {
    return new Reduce(Reduce.Kind.SUM, Reduce.Axis.ROWS, wide);
  }

  @Override
  public String label() {
    return gemm().label() + "+bias-gradient";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    TensorType dW = gemm().infer(inputs).getFirst();
    return List.of(dW, sum().infer(inputs.subList(0, 1)).getFirst());
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return gemm().flops(inputs, outputs) + inputs.getFirst().size();
  }
}
