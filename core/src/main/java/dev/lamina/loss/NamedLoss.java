package dev.lamina.loss;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;

/** A user's loss under a name. */
record NamedLoss(String label, Outputs outputs, Loss formula) implements Loss {
  @Override
  public Value losses(Graph graph, Value output, Value target) {
    return formula.losses(graph, output, target);
  }

  @Override
  public String toString() {
    return label;
  }
}
