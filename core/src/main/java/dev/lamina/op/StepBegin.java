package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * Prepares the optimizer's step t (from 1, one more than the clock's): output FP64 [5] = {η, 1 −
 * β₁<sup>t</sup>, 1 − β₂<sup>t</sup>, skip, t}. Inputs: clock, tracker, the refusals of all
 * updates, FP64 [n, 3], and without a curve the rates of some steps, FP64 [r]: step s, from 0,
 * takes number s mod r. Skip is 1 from the first step on whose loss was NaN or infinite, so that
 * the parameters stay as they were before it, and after the first step that refused an update.
 *
 * @param curve η of each step; if empty, it is among the rates
 * @see Clock#HYPER
 * @see Clock#REFUSAL
 */
public record StepBegin(Optional<RateCurve> curve, double beta1, double beta2) implements Op {
  @Override
  public String label() {
    return "step-begin";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, curve.isPresent() ? 3 : 4);
    Check.exactly(this, inputs, 0, Clock.CLOCK);
    Check.exactly(this, inputs, 1, Clock.TRACKER);
    TensorType refusals = Check.matrix(this, inputs, 2);
    Check.exactly(this, inputs, 2, Clock.refusals(refusals.shape().extent(0)));
    if (curve.isEmpty()) {
      Check.exactly(this, inputs, 3, Clock.rates(inputs.get(3).shape().size()));
    }
    return List.of(Clock.HYPER);
  }
}
