package dev.lamina.nn;

import dev.lamina.graph.Value;
import dev.lamina.op.Activate;
import dev.lamina.op.Activation;

/** 1 / (1 + e<sup>−x</sup>), elementwise; see {@link Activation#SIGMOID}. */
public record Sigmoid() implements Layer {
  @Override
  public Value build(BuildContext context, Value x) {
    return context.graph().emit(new Activate(Activation.SIGMOID), x);
  }

  @Override
  public String toString() {
    return "new Sigmoid()";
  }
}
