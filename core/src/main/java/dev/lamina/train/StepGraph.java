package dev.lamina.train;

import dev.lamina.graph.Differentiation;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.nn.Mode;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameter;
import dev.lamina.op.Advance;
import dev.lamina.op.Clock;
import dev.lamina.op.Copy;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Pointwise;
import dev.lamina.op.TrackLoss;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The graph of a training step: batch, forward, loss, backward and, unless it only looks, what
 * becomes of the gradients. They are used at once, or added to those of other batches for an {@link
 * UpdateGraph} of its own.
 */
final class StepGraph {
  private static final String GRADIENT = "grad(";

  final Graph graph = new Graph();

  private final Model model;
  private final StepOptions options;
  private final StepVariables variables;

  /** The graph of a step, which changes the parameters if every batch brings an update. */
  static Graph of(StepOptions options, StepVariables variables) {
    return new StepGraph(options, variables, true).graph;
  }

  /** The graph of a step that changes no parameters, no counters and no sums of gradients. */
  static Graph ofLook(StepOptions options, StepVariables variables) {
    return new StepGraph(options, variables, false).graph;
  }

  private StepGraph(StepOptions options, StepVariables variables, boolean counts) {
    this.model = options.model();
    this.options = options;
    this.variables = variables;
    Value clock = graph.read(variables.clock);
    Value loss = loss(clock);
    boolean accumulates = counts && options.options().accumulation() > 1;
    UpdateGraph update = new UpdateGraph(graph, options, variables);
    if (counts) {
      graph.scope(
          "step", () -> graph.apply(new TrackLoss(), loss, clock, graph.read(variables.tracker)));
      update.begin(accumulates ? graph.read(variables.updates) : clock);
    }
    differentiate(loss, accumulates);
    options.keep().forEach(this::keep);
    if (!counts) {
      graph.takeAssignments(); // a look changes nothing
      return;
    }
    StateUpdates.add(graph, update.hyper(), Clock.SKIP);
    if (accumulates) {
      graph.scope("step", () -> graph.apply(new Advance(), clock));
    } else {
      update.finish();
    }
  }

  /** The loss of the batch that the clock stands before. */
  private Value loss(Value clock) {
    TrainingOptions numbers = options.options();
    Value x;
    Value y;
    if (options.data() == null) {
      x = graph.input("input", options.inputType());
      y = graph.input("target", options.targetType());
    } else {
      BatchTable table = options.data().table(options.batchSize());
      Value indices = table.indices(graph, clock, options.batchSize(), numbers.shuffle());
      x = graph.name(table.gatherFeatures(graph, indices, activations()), "input");
      y = graph.name(table.gatherTargets(graph, indices, model.dtype()), "target");
    }
    return graph.name(numbers.loss().mean(graph, forward(x, clock), y), "loss");
  }

  private DType activations() {
    return options.mixed() ? DType.BF16 : model.dtype();
  }

  /** The model's output. */
  private Value forward(Value x, Value clock) {
    if (!options.mixed()) {
      return model.build(graph, x, Mode.TRAINING, clock);
    }
    Value narrow = x.type().dtype() == DType.BF16 ? x : x.cast(DType.BF16);
    return model.build(graph, variables.working, narrow, Mode.TRAINING, clock);
  }

  private void differentiate(Value loss, boolean accumulates) {
    List<Parameter> trained = variables.assignment.trained();
    List<Value> wanted = new ArrayList<>();
    trained.forEach(parameter -> wanted.add(graph.find(parameter.name())));
    for (String name : options.keep()) {
      if (name.startsWith(GRADIENT) && name.endsWith(")")) {
        Value source = graph.find(name.substring(GRADIENT.length(), name.length() - 1));
        if (source != null && !wanted.contains(source)) {
          wanted.add(source);
        }
      }
    }
    Map<Value, Value> found = Differentiation.gradients(graph, loss, wanted);
    for (Parameter parameter : trained) {
      Value gradient = found.get(graph.find(parameter.name()));
      if (options.mixed()) {
        gradient = gradient.cast(DType.FP32);
        graph.rename(GRADIENT + parameter.name() + ")", gradient);
      }
      if (accumulates) {
        accumulate(gradient, parameter);
      } else {
        // Two parameters may have the same gradient; each needs it at its own place.
        Value own = gradient.placement() == null ? gradient : graph.emit(new Copy(), gradient);
        graph.place(own, variables.gradients, parameter.offset());
      }
    }
  }

  /** Adds a batch's part to the mean gradient of several. */
  private void accumulate(Value gradient, Parameter parameter) {
    Variable sums = variables.gradients;
    TensorType type = new TensorType(sums.type().dtype(), parameter.shape());
    Value sum = graph.view(null, sums, parameter.offset(), type);
    Pointwise add = Elementwise.addScaled(1.0 / options.options().accumulation());
    graph.place(sum.map(add, gradient), sums, parameter.offset());
  }

  private void keep(String name) {
    Value value = graph.find(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "there is no value named "
              + name
              + " to keep; there are "
              + String.join(", ", graph.names().keySet()));
    }
    graph.keep(value);
  }
}
