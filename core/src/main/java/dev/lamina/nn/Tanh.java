package dev.lamina.nn;

import dev.lamina.graph.Value;
import dev.lamina.op.Activate;
import dev.lamina.op.Activation;

/** tanh x, elementwise; see {@link Activation#TANH}. */
public record Tanh() implements Layer {
  @Override
  public Value build(BuildContext context, Value x) {
    return context.graph().emit(new Activate(Activation.TANH), x);
  }

  @Override
  public String toString() {
    return "new Tanh()";
  }
}
