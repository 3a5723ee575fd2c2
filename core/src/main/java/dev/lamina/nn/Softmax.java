package dev.lamina.nn;

import dev.lamina.graph.Value;

/**
 * Softmax of each row; see {@link dev.lamina.op.Softmax}. Not needed before the softmax
 * cross-entropy, which takes logits.
 */
public record Softmax() implements Layer {
  @Override
  public Value build(BuildContext context, Value x) {
    return context.graph().emit(new dev.lamina.op.Softmax(false), x);
  }

  @Override
  public String toString() {
    return "new Softmax()";
  }
}
