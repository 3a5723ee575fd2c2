package dev.lamina.optim;

import dev.lamina.op.Op;

/** How parameters follow their gradients. */
public sealed interface Optimizer permits Adam, AdamW, Sgd {
  /** The learning rate over the steps. */
  Schedule schedule();

  /** How many buffers of the parameters' size it keeps, 0 at the start. */
  int moments();

  /** β₁ of the bias correction, 0 if there is none. */
  default double beta1() {
    return 0;
  }

  /** β₂ of the bias correction, 0 if there is none. */
  default double beta2() {
    return 0;
  }

  /**
   * The operation of one step; its inputs are parameters, gradients, the step's numbers, what tells
   * of refused updates, the moments, and the BF16 copy of the parameters if there is one.
   *
   * @param decayed how many elements, from the first, the weight decay holds for
   * @param copied whether the parameters are also written as BF16
   */
  Op step(long decayed, boolean copied);
}
