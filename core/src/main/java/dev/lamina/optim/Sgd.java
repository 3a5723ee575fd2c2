package dev.lamina.optim;

import dev.lamina.LaminaException;
import dev.lamina.op.Op;
import dev.lamina.op.SgdStep;

/**
 * Stochastic gradient descent; the formula is {@link SgdStep}'s.
 *
 * @param momentum μ, 0 for none
 * @param nesterov whether Nesterov's form is used; needs a momentum
 * @param weightDecay λ of the L2 penalty on the weights
 */
public record Sgd(Schedule schedule, double momentum, boolean nesterov, double weightDecay)
    implements Optimizer {
  /** Checks the numbers. */
  public Sgd {
    Checks.fraction("momentum", momentum);
    Checks.notNegative("weight decay", weightDecay);
    if (nesterov && momentum == 0) {
      throw new LaminaException("SGD with Nesterov's form: expected a momentum above 0");
    }
  }

  /** Plain gradient descent at a constant rate. */
  public Sgd(double learningRate) {
    this(Schedule.constant(learningRate), 0, false, 0);
  }

  @Override
  public int moments() {
    return momentum == 0 ? 0 : 1;
  }

  @Override
  public Op step(long decayed, boolean copied) {
    return new SgdStep(momentum, nesterov, weightDecay, decayed, copied);
  }
}
