package dev.lamina.nn;

import dev.lamina.graph.Value;
import dev.lamina.op.Activate;
import dev.lamina.op.Activation;

/** The Gaussian error linear unit in its tanh form, elementwise; see {@link Activation#GELU}. */
public record GELU() implements Layer {
  @Override
  public Value build(BuildContext context, Value x) {
    return context.graph().emit(new Activate(Activation.GELU), x);
  }

  @Override
  public String toString() {
    return "new GELU()";
  }
}
