package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;
import java.util.Set;

/**
 * Ends a training step: adds 1 to the {@link Clock}'s step counter. Input and update: the clock.
 */
public record Advance() implements Op {
  @Override
  public String label() {
    return "advance";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 1);
    Check.exactly(this, inputs, 0, Clock.CLOCK);
    return List.of();
  }

  @Override
  public Set<Integer> updates() {
    return Set.of(0);
  }
}
