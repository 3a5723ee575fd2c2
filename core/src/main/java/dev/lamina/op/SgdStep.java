package dev.lamina.op;

import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Stochastic gradient descent over one flat parameter buffer, as PyTorch's SGD: g ← g + λp (the
 * first {@code decayed} elements only), and with momentum μ: v ← μv + g, then p ← p − η(g + μv) for
 * Nesterov, else p ← p − ηv; without momentum p ← p − ηg.
 *
 * <p>Inputs p [P] (updated), g [P], hyper, a refusal (updated), and with momentum v [P] (updated, 0
 * at the start), and last if {@code copied} a BF16 copy of p [P] (overwritten with the new p,
 * rounded). A step that is skipped changes none of them.
 *
 * <p>An element whose new p would be NaN or infinite, as where g is, keeps p and v; the others are
 * updated all the same, and the refusal tells of it.
 *
 * @see Clock#REFUSAL
 * @param momentum μ, 0 for none
 * @param nesterov whether Nesterov's form is used
 * @param weightDecay λ, the factor of the L2 penalty λ/2 ‖p‖²
 * @param decayed the number of elements, from the first, that the penalty holds for
 * @param copied whether the parameters are also written as BF16
 */
public record SgdStep(
    double momentum, boolean nesterov, double weightDecay, long decayed, boolean copied)
    implements Op {
  /** A step that writes no copy. */
  public SgdStep(double momentum, boolean nesterov, double weightDecay, long decayed) {
    this(momentum, nesterov, weightDecay, decayed, false);
  }

  @Override
  public String label() {
    return (momentum == 0 ? "sgd" : nesterov ? "sgd+nesterov" : "sgd+momentum")
        + (copied ? "+bf16" : "");
  }

  /** The position of the BF16 copy among the inputs, if there is one. */
  public int indexOfCopy() {
    return momentum == 0 ? 4 : 5;
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, indexOfCopy() + (copied ? 1 : 0));
    TensorType p = Check.full(this, inputs, 0);
    Check.exactly(this, inputs, 1, p);
    Check.exactly(this, inputs, 2, Clock.HYPER);
    Check.exactly(this, inputs, 3, Clock.REFUSAL);
    if (momentum != 0) {
      Check.exactly(this, inputs, 4, p);
    }
    if (copied) {
      Check.exactly(this, inputs, indexOfCopy(), p.as(DType.BF16));
    }
    return List.of();
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return (momentum == 0 ? 4 : 6) * inputs.getFirst().size();
  }

  @Override
  public Set<Integer> updates() {
    Set<Integer> updated = new HashSet<>(Set.of(0, 3));
    if (momentum != 0) {
      updated.add(4);
    }
    if (copied) {
      updated.add(indexOfCopy());
    }
    return updated;
  }
}
