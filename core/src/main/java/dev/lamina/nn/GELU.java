package dev.lamina.nn;

import dev.lamina.graph.Value;

/**
 * The Gaussian error linear unit in its tanh form, elementwise; see {@link
 * dev.lamina.op.Activation#GELU}.
 */
public record GELU() implements Layer {
  @Override
  public Value build(BuildContext context, Value x) {
    return x.gelu();
  }

  @Override
  public String toString() {
    return "new GELU()";
  }
}
