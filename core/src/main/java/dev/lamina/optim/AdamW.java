package dev.lamina.optim;

import dev.lamina.op.AdamStep;
import dev.lamina.op.Op;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019); the formula is {@link
 * AdamStep}'s.
 *
 * @param beta1 β₁, how slowly the mean of the gradients follows
 * @param beta2 β₂, how slowly the mean of their squares follows
 * @param epsilon ε, above 0, against division by 0
 * @param weightDecay λ, the decay of the weights, 0.01 by default
 */
public record AdamW(
    Schedule schedule, double beta1, double beta2, double epsilon, double weightDecay)
    implements Optimizer {
  /** Checks the numbers. */
  public AdamW {
    Checks.fraction("beta1", beta1);
    Checks.fraction("beta2", beta2);
    Checks.positive("epsilon", epsilon);
    Checks.notNegative("weight decay", weightDecay);
  }

  /** The usual constants β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸ at a constant rate. */
  public AdamW(double learningRate) {
    this(Schedule.constant(learningRate), 0.9, 0.999, 1e-8, 0.01);
  }

  @Override
  public int moments() {
    return 2;
  }

  @Override
  public Op step(long decayed, boolean copied) {
    return new AdamStep(beta1, beta2, epsilon, weightDecay, true, decayed, copied);
  }
}
