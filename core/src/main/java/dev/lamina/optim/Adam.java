package dev.lamina.optim;

import dev.lamina.op.AdamStep;
import dev.lamina.op.Op;

/**
 * Adam (Kingma and Ba, 2015); the formula is {@link AdamStep}'s.
 *
 * @param beta1 β₁, how slowly the mean of the gradients follows
 * @param beta2 β₂, how slowly the mean of their squares follows
 * @param epsilon ε, above 0, against division by 0
 * @param weightDecay λ, of the L2 penalty on the weights
 */
public record Adam(
    Schedule schedule, double beta1, double beta2, double epsilon, double weightDecay)
    implements Optimizer {
  /** Checks the numbers. */
  public Adam {
    Checks.fraction("beta1", beta1);
    Checks.fraction("beta2", beta2);
    Checks.positive("epsilon", epsilon);
    Checks.notNegative("weight decay", weightDecay);
  }

  /** The usual constants β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸ at a constant rate. */
  public Adam(double learningRate) {
    this(Schedule.constant(learningRate), 0.9, 0.999, 1e-8, 0);
  }

  @Override
  public int moments() {
    return 2;
  }

  @Override
  public Op step(long decayed, boolean copied) {
    return new AdamStep(beta1, beta2, epsilon, weightDecay, false, decayed, copied);
  }
}
