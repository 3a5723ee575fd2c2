package dev.lamina.nn;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.type.TensorType;
import java.util.HashMap;
import java.util.Map;

/** What a layer needs to add itself to a graph. */
public final class BuildContext {
  private final Graph graph;
  private final Mode mode;
  private final ParameterLayout layout;
  private final Variable parameters;
  private final Value clock;
  private final Map<Parameter, Value> made = new HashMap<>();
  private int randomStreams;

  BuildContext(Graph graph, Mode mode, ParameterLayout layout, Variable parameters, Value clock) {
    this.graph = graph;
    this.mode = mode;
    this.layout = layout;
    this.parameters = parameters;
    this.clock = clock;
  }

  /** The graph to add to; its scope is the layer's path. */
  public Graph graph() {
    return graph;
  }

  /** What the graph is for. */
  public Mode mode() {
    return mode;
  }

  /** The training clock, a source of randomness for each step. */
  public Value clock() {
    if (clock == null) {
      throw new IllegalStateException("this graph has no training clock");
    }
    return clock;
  }

  /** A number for a random layer, different for each of the model. */
  public int randomStream() {
    return randomStreams++;
  }

  /** A name within the layer as the whole graph knows it: {@code 0.weight}. */
  public String path(String name) {
    return graph.scope().isEmpty() ? name : graph.scope() + "." + name;
  }

  /**
   * The layer's parameter of this name; the same value each time, and at each place of the same
   * layer.
   */
  public Value parameter(String name) {
    return value(layout.get(path(name)));
  }

  /** A parameter of the model as a value of the graph. */
  Value value(Parameter parameter) {
    return made.computeIfAbsent(
        parameter,
        p ->
            graph.view(
                p.name(),
                parameters,
                p.offset(),
                new TensorType(parameters.type().dtype(), p.shape())));
  }

  /** Builds a part under its path and names its output {@code path.output}. */
  public Value part(String name, Layer layer, Value x) {
    return graph.scope(
        name,
        () -> {
          Value output = layer.build(this, x);
          // A layer that passes its input on has no output of its own to name.
          return output == x ? x : graph.name(output, path("output"));
        });
  }
}
