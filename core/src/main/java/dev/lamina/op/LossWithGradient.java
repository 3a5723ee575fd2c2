package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/**
 * A fusion of {@link MeanLoss} and {@link LossGradient} for dL = 1: inputs z, y; outputs dz of z's
 * type and the loss []. With p = softmax(z) by rows and s<sub>i</sub> = Σ<sub>j</sub>
 * y<sub>ij</sub>, 1 for a class number:
 *
 * <ul>
 *   <li>softmax cross-entropy: loss −Σ<sub>ij</sub> y<sub>ij</sub> ln p<sub>ij</sub> / m,
 *       dz<sub>ij</sub> = (p<sub>ij</sub> s<sub>i</sub> − y<sub>ij</sub>) / m
 *   <li>binary cross-entropy: loss Σ (max(z, 0) − z·y + ln(1 + e<sup>−|z|</sup>)) / (m·n), dz =
 *       (sigmoid(z) − y) / (m·n)
 *   <li>mean squared error: loss Σ (z − y)² / (m·n), dz = 2 (z − y) / (m·n)
 * </ul>
 *
 * <p>Of z in BF16 all is computed in FP32 and dz is rounded once; targets that are not class
 * numbers and the loss are FP32. Sums are taken in a fixed order: the same input gives the same
 * bits.
 */
public record LossWithGradient(LossFunction function) implements Op {
  @Override
  public String label() {
    return function.label() + "+gradient";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 2);
    TensorType z = MeanLoss.checked(this, function, inputs, 0);
    return List.of(z, MeanLoss.of(z));
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
