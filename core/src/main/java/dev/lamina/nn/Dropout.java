package dev.lamina.nn;

import dev.lamina.graph.Value;
import dev.lamina.op.Elementwise;

/**
 * Inverted dropout while training, nothing in evaluation; see {@link Elementwise#dropout}.
 *
 * @param rate the probability that an element is dropped, from 0 to below 1
 */
public record Dropout(double rate) implements Layer {
  /** Checks the rate. */
  public Dropout {
    Elementwise.checkDropout(rate);
  }

  @Override
  public Value build(BuildContext context, Value x) {
    int stream = context.randomStream();
    return context.mode() == Mode.EVALUATION || rate == 0
        ? x
        : context.graph().emit(Elementwise.dropout(x.type(), rate, stream), x, context.clock());
  }

  @Override
  public String toString() {
    return "new Dropout(" + rate + ")";
  }
}
