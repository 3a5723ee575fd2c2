package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;
import java.util.Set;

/**
 * Stochastic gradient descent over one flat parameter buffer, as PyTorch's SGD: g ← g + λp (the
 * first {@code decayed} elements only), and with momentum μ: v ← μv + g, then p ← p − η(g + μv) for
 * Nesterov, else p ← p − ηv; without momentum p ← p − ηg.
 *
 * <p>Inputs p [P] (updated), g [P], hyper, and with momentum v [P] (updated, 0 at the start).
 *
 * @param momentum μ, 0 for none
 * @param nesterov whether Nesterov's form is used
 * @param weightDecay λ, the factor of the L2 penalty λ/2 ‖p‖²
 * @param decayed the number of elements, from the first, that the penalty holds for
 */
public record SgdStep(double momentum, boolean nesterov, double weightDecay, long decayed)
    implements Op {
  @Override
  public String label() {
    return momentum == 0 ? "sgd" : nesterov ? "sgd+nesterov" : "sgd+momentum";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, momentum == 0 ? 3 : 4);
    TensorType p = Check.floating(this, inputs, 0);
    Check.exactly(this, inputs, 1, p);
    Check.exactly(this, inputs, 2, Clock.HYPER);
    if (momentum != 0) {
      Check.exactly(this, inputs, 3, p);
    }
    return List.of();
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return (momentum == 0 ? 4 : 6) * inputs.getFirst().size();
  }

  @Override
  public Set<Integer> updates() {
    return momentum == 0 ? Set.of(0) : Set.of(0, 3);
  }
}
