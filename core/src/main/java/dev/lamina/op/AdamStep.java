package dev.lamina.op;

import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.Set;

/**
 * Adam (Kingma and Ba, 2015) or AdamW (Loshchilov and Hutter, 2019) over one flat parameter buffer:
 * m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − η (m / (1 − β₁<sup>t</sup>)) / (√(v / (1 −
 * β₂<sup>t</sup>)) + ε). Weight decay λ holds for the first {@code decayed} elements: Adam adds λp
 * to g, AdamW takes p ← p − ηλp first.
 *
 * <p>Inputs p [P] (updated), g [P], hyper, a refusal (updated), m [P] (updated), v [P] (updated),
 * both 0 at the start, and if {@code copied} a BF16 copy of p [P] (overwritten with the new p,
 * rounded). A step that is skipped changes none of them.
 *
 * <p>An element whose new p or v would be NaN or infinite, as where g is, keeps p, m and v; the
 * others are updated all the same, and the refusal tells of it.
 *
 * @see Clock#REFUSAL
 * @param beta1 β₁
 * @param beta2 β₂
 * @param epsilon ε
 * @param weightDecay λ
 * @param decoupled whether the decay is AdamW's
 * @param decayed the number of elements, from the first, that the decay holds for
 * @param copied whether the parameters are also written as BF16
 */
public record AdamStep(
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    boolean decoupled,
    long decayed,
    boolean copied)
    implements Op {
  /** A step that writes no copy. */
  public AdamStep(
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      boolean decoupled,
      long decayed) {
    this(beta1, beta2, epsilon, weightDecay, decoupled, decayed, false);
  }

  @Override
  public String label() {
    return (decoupled ? "adamw" : "adam") + (copied ? "+bf16" : "");
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, copied ? 7 : 6);
    TensorType p = Check.full(this, inputs, 0);
    Check.exactly(this, inputs, 1, p);
    Check.exactly(this, inputs, 2, Clock.HYPER);
    Check.exactly(this, inputs, 3, Clock.REFUSAL);
    Check.exactly(this, inputs, 4, p);
    Check.exactly(this, inputs, 5, p);
    if (copied) {
      Check.exactly(this, inputs, indexOfCopy(), p.as(DType.BF16));
    }
    return List.of();
  }

  /** Which input the BF16 copy is, if there is one. */
  public int indexOfCopy() {
    return 6;
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 14 * inputs.getFirst().size();
  }

  @Override
  public Set<Integer> updates() {
    return copied ? Set.of(0, 3, 4, 5, 6) : Set.of(0, 3, 4, 5);
  }
}
