package dev.lamina.nn;

import dev.lamina.graph.Value;

/** tanh x, elementwise; see {@link dev.lamina.op.Activation#TANH}. */
public record Tanh() implements Layer {
  @Override
  public Value build(BuildContext context, Value x) {
    return x.tanh();
  }

  @Override
  public String toString() {
    return "new Tanh()";
  }
}
