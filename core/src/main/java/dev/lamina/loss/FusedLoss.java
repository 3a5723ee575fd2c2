package dev.lamina.loss;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.op.LossFunction;
import dev.lamina.op.MeanLoss;

/** A loss that backends compute together with its gradient, also from outputs in BF16. */
interface FusedLoss extends Loss {
  /** What they compute. */
  LossFunction function();

  @Override
  default Value losses(Graph graph, Value output, Value target) {
    return mean(graph, output, target);
  }

  @Override
  default Value mean(Graph graph, Value output, Value target) {
    return graph.emit(new MeanLoss(function()), output, target);
  }

  @Override
  default String label() {
    return function().label();
  }
}
