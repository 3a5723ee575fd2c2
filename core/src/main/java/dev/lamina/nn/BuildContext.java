package dev.lamina.nn;

import dev.lamina.LaminaException;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.util.HashMap;
import java.util.Map;

/** What a layer needs to add itself to a graph. */
public final class BuildContext {
  private final Graph graph;
  private final String root;
  private final Mode mode;
  private final ParameterLayout layout;
  private final Variable parameters;
  private final Variable states;
  private final Value clock;
  private final Map<Parameter, Value> made = new HashMap<>();
  private final Map<Parameter, Value> now = new HashMap<>();
  private int randomStreams;

  /**
   * What layers are built with.
   *
   * @param parameters where the trained parameters lie
   * @param states where the states lie, in the same layout; may be of another element type
   */
  BuildContext(
      Graph graph,
      Mode mode,
      ParameterLayout layout,
      Variable parameters,
      Variable states,
      Value clock) {
    this.graph = graph;
    root = graph.scope().isEmpty() ? "" : graph.scope() + ".";
    this.mode = mode;
    this.layout = layout;
    this.parameters = parameters;
    this.states = states;
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

  /**
   * A name within the layer as the whole graph knows it: {@code 0.weight}, or {@code
   * encoder.0.weight} if the model is built in a scope.
   */
  public String path(String name) {
    return graph.scope().isEmpty() ? name : graph.scope() + "." + name;
  }

  /**
   * The layer's parameter or state of this name; the same value each time, and at each place of the
   * same layer. A state is that before the step, or what the layer has made of it in this step.
   */
  public Value parameter(String name) {
    Parameter parameter = declared(name);
    Value known = now.get(parameter);
    return known == null ? value(parameter) : known;
  }

  /**
   * Gives a state of the layer its next value. A training step keeps it unless its loss is NaN or
   * infinite, or an element is. No gradient passes through it.
   *
   * @param next of the state's type
   * @throws IllegalStateException if the graph is not for training
   * @throws LaminaException if the parameter is trained
   * @throws ShapeException if the type is another
   */
  public void update(String name, Value next) {
    Parameter state = declared(name);
    if (mode != Mode.TRAINING) {
      throw new IllegalStateException(
          "update of " + state.name() + ": layers keep their state in evaluation");
    }
    if (state.trained()) {
      throw new LaminaException(
          "update of "
              + state.name()
              + ": it is a parameter, which follows its gradient; declare it by"
              + " ParameterSpec.state");
    }
    graph.assign(value(state), next);
    now.put(state, next);
  }

  private Parameter declared(String name) {
    return layout.get(path(name).substring(root.length()));
  }

  /** A parameter of the model as a value of the graph. */
  Value value(Parameter parameter) {
    return made.computeIfAbsent(
        parameter,
        p -> {
          Variable source = p.trained() ? parameters : states;
          TensorType type = new TensorType(source.type().dtype(), p.shape());
          return graph.view(root + p.name(), source, p.offset(), type);
        });
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
