package org.example.outside;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.loss.Loss;
import dev.lamina.op.Reduce.Axis;

/** A loss of one's own: log cosh(z − y), summed over the outputs of a sample. */
record LogCosh() implements Loss {
  private static final double LOG_2 = Math.log(2);

  @Override
  public Value losses(Graph graph, Value z, Value y) {
    return z.subtract(y)
        .map(e -> e.abs().plus(e.abs().times(-2).exp().log1p()).minus(LOG_2))
        .sum(Axis.COLUMNS);
  }
}
