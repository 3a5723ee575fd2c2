package dev.lamina.nn;

import dev.lamina.graph.Value;

/** max(0, x), elementwise; see {@link dev.lamina.op.Activation#RELU}. */
public record ReLU() implements Layer {
  @Override
  public Value build(BuildContext context, Value x) {
    return x.relu();
  }

  @Override
  public String toString() {
    return "new ReLU()";
  }
}
