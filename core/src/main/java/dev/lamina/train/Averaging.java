package dev.lamina.train;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.op.Clock;
import dev.lamina.op.GatherRows;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;

/** An exponential moving average of the parameters, and its change of places with them. */
final class Averaging {
  private final Variable parameters;
  private final StepVariables variables;

  Averaging(Variable parameters, StepVariables variables) {
    this.parameters = parameters;
    this.variables = variables;
  }

  /** The average at the start: the parameters. */
  Graph begin() {
    Graph graph = new Graph();
    graph.place(graph.read(parameters).copy(), variables.average, 0);
    return graph;
  }

  /**
   * Adds to the graph of an update that a ← a + (1 − d) (p − a), unless the update is skipped.
   *
   * @param hyper as {@link Clock#HYPER}
   */
  void follow(Graph graph, double decay, Value hyper) {
    Value skip = graph.fill(Clock.SKIP, TensorType.of(DType.INT32, 1));
    DType dtype = parameters.type().dtype();
    Value rate = graph.emit(new GatherRows(dtype, decay - 1, 1 - decay), hyper, skip);
    variables.eachBlock((offset, type) -> {
      Value average = graph.view(null, variables.average, offset, type);
      Value difference = graph.view(null, parameters, offset, type).subtract(average);
      graph.place(average.add(difference.multiply(rate)), variables.average, offset);
    });
  }

  /** The parameters become their average and the average the parameters. */
  Graph exchange() {
    Graph graph = new Graph();
    variables.eachBlock((offset, type) -> {
      Value kept = graph.view(null, parameters, offset, type).copy();
      Value average = graph.view(null, variables.average, offset, type).copy();
      graph.place(average, parameters, offset);
      graph.place(kept.copy(), variables.average, offset);
    });
    return graph;
  }
}
