package dev.lamina.loss;

import dev.lamina.LaminaException;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import java.util.Objects;

/** A user's loss under a name. */
record NamedLoss(String label, Outputs outputs, Loss formula) implements Loss {
  NamedLoss {
    Objects.requireNonNull(outputs, "outputs");
    Objects.requireNonNull(formula, "formula");
    if (Losses.names().contains(LossText.name(label))) {
      throw new LaminaException(
          "a loss of one's own cannot be called " + label + ": that is one of Lamina's");
    }
  }

  @Override
  public Value losses(Graph graph, Value output, Value target) {
    return formula.losses(graph, output, target);
  }

  @Override
  public String toString() {
    return label;
  }
}
