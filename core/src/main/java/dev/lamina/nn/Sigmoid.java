package dev.lamina.nn;

import dev.lamina.graph.Value;

/** 1 / (1 + e<sup>−x</sup>), elementwise; see {@link dev.lamina.op.Activation#SIGMOID}. */
public record Sigmoid() implements Layer {
  @Override
  public Value build(BuildContext context, Value x) {
    return x.sigmoid();
  }

  @Override
  public String toString() {
    return "new Sigmoid()";
  }
}
