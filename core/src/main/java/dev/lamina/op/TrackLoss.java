package dev.lamina.op;

import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.Set;

/**
 * Adds the step's loss to the tracker and notes the first step whose loss is NaN or infinite.
 * Inputs: loss [], clock, tracker (updated). A loss that is not finite is not added to the sum.
 *
 * @see Clock#TRACKER
 */
public record TrackLoss() implements Op {
  @Override
  public String label() {
    return "track-loss";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 3);
    TensorType loss = Check.full(this, inputs, 0);
    Check.exactly(this, inputs, 0, loss.as(Shape.scalar()));
    Check.exactly(this, inputs, 1, Clock.CLOCK);
    Check.exactly(this, inputs, 2, Clock.TRACKER);
    return List.of();
  }

  @Override
  public Set<Integer> updates() {
    return Set.of(2);
  }
}
