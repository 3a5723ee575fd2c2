package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/**
 * Prepares the optimizer's step t (from 1, one more than the clock's): output FP64 [4] = {η, 1 −
 * β₁<sup>t</sup>, 1 − β₂<sup>t</sup>, skip}. Inputs: clock, tracker. Skip is 1 from the first step
 * on whose loss was NaN or infinite, so that the parameters stay as they were before it.
 *
 * @see Clock#HYPER
 */
public record StepBegin(Schedule schedule, double beta1, double beta2) implements Op {
  @Override
  public String label() {
    return "step-begin";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 2);
    Check.exactly(this, inputs, 0, Clock.CLOCK);
    Check.exactly(this, inputs, 1, Clock.TRACKER);
    return List.of(Clock.HYPER);
  }
}
