package org.example.outside;

import dev.lamina.graph.Value;
import dev.lamina.nn.BuildContext;
import dev.lamina.nn.Layer;

/** An activation of one's own: x · sigmoid(x). Its gradient comes from the formula. */
record Swish() implements Layer {
  @Override
  public Value build(BuildContext context, Value x) {
    return x.map(t -> t.times(t.sigmoid()));
  }
}
