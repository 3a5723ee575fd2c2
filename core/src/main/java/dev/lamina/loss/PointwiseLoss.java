package dev.lamina.loss;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.op.Reduce;

/** A loss whose elements have losses of their own, of which it is the mean. */
interface PointwiseLoss extends Loss {
  /** The loss of each element of outputs and targets [m, n], both FP32 or both FP64. */
  Value elements(Graph graph, Value output, Value target);

  @Override
  default Value losses(Graph graph, Value output, Value target) {
    return elements(graph, output, target).mean(Reduce.Axis.COLUMNS);
  }
}
