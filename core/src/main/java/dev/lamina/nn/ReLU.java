package dev.lamina.nn;

import dev.lamina.graph.Value;
import dev.lamina.op.Activate;
import dev.lamina.op.Activation;

/** max(0, x), elementwise; see {@link Activation#RELU}. */
public record ReLU() implements Layer {
  @Override
  public Value build(BuildContext context, Value x) {
    return context.graph().emit(new Activate(Activation.RELU), x);
  }

  @Override
  public String toString() {
    return "new ReLU()";
  }
}
