package dev.lamina.loss;

import dev.lamina.LaminaException;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;

/**
 * Huber's loss of outputs z and targets y [m, n] (Huber, 1964): the mean over all elements of h(z −
 * y), with h(e) = e² / 2 for |e| ≤ δ and δ (|e| − δ/2) beyond; dz = max(−δ, min(z − y, δ)) / (m·n).
 * As PyTorch's HuberLoss: large errors count less than in the squared error.
 *
 * @param delta δ, above 0
 */
public record Huber(double delta) implements PointwiseLoss {
  static final String NAME = "huber";
  static final String DELTA = "delta";

  /** Checks δ. */
  public Huber {
    if (!(delta > 0) || Double.isInfinite(delta)) {
      throw new LaminaException(
          "loss " + NAME + ": delta " + delta + ": expected a finite number above 0");
    }
  }

  /** δ = 1. */
  public Huber() {
    this(1);
  }

  @Override
  public Value elements(Graph graph, Value output, Value target) {
    Value error = output.subtract(target).abs();
    Value bounded = error.minimum(graph.constant(delta, error.type().dtype()));
    return bounded.multiply(error.subtract(bounded.multiply(0.5)));
  }

  @Override
  public String label() {
    return new LossText(NAME).with(DELTA, delta, 1).toString();
  }
}
