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
import dev.lamina.op.Loss;
import dev.lamina.op.Op;
import dev.lamina.op.StepBegin;
import dev.lamina.op.Sym;
import dev.lamina.op.TrackLoss;
import dev.lamina.optim.Optimizer;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The graph of a training step: batch, forward, loss, backward and, unless it only looks,
 * optimizer.
 */
final class StepGraph {
  private static final String GRADIENT = "grad(";

  final Graph graph = new Graph();
  final Variable clock = new Variable("clock", Clock.CLOCK);
  final Variable tracker = new Variable("loss tracker", Clock.TRACKER);
  final Variable gradients;

  /** What the updates of the parameters' pieces leave where they could not be done. */
  final Variable refusals;

  /** The learning rates of steps to come, null if the device computes them. */
  final Variable rates;

  /** The parameters as BF16, null if the step is not mixed. */
  final Variable working;

  final List<Variable> moments = new ArrayList<>();

  private final Model model;
  private final StepOptions options;
  private final List<ParameterPieces.Piece> pieces;

  StepGraph(StepOptions options, boolean update) {
    this.model = options.model();
    this.options = options;
    TensorType flat = model.variable().type();
    gradients = new Variable("gradients", flat);
    pieces = ParameterPieces.of(model.layout());
    refusals = new Variable("refusals", Clock.refusals(pieces.size()));
    boolean asked = options.optimizer().schedule().curve().isEmpty();
    rates = asked ? new Variable("learning rates", Clock.rates(RateTable.STEPS)) : null;
    working = options.mixed() ? new Variable("bf16 parameters", flat.as(DType.BF16)) : null;
    Value clockValue = graph.read(clock);
    Value x;
    Value y;
    if (options.data() == null) {
      x = graph.input("input", options.inputType());
      y = graph.input("target", options.targetType());
    } else {
      BatchTable table = options.data().table(options.batchSize());
      Value indices = table.indices(graph, clockValue, options.batchSize(), options.shuffle());
      x = graph.name(table.gatherFeatures(graph, indices, activations()), "input");
      y = graph.name(table.gatherTargets(graph, indices, model.dtype()), "target");
    }
    Value z = forward(x, clockValue);
    Value loss = graph.name(graph.emit(new Loss(options.loss()), z, y), "loss");
    Value hyper = update ? begin(clockValue, loss) : null;
    differentiate(loss);
    options.keep().forEach(this::keep);
    if (update) {
      StateUpdates.add(graph, hyper, Clock.SKIP);
      update(clockValue, hyper);
    } else {
      graph.takeAssignments(); // a look changes nothing
    }
  }

  /** The variables that the step itself must find room for; the moments first. */
  List<Variable> owned() {
    List<Variable> owned = new ArrayList<>(moments);
    owned.addAll(shared());
    owned.addAll(counters());
    return owned;
  }

  /** Of these, the numbers that a step is told by. */
  List<Variable> counters() {
    return rates == null
        ? List.of(clock, tracker, refusals)
        : List.of(clock, tracker, refusals, rates);
  }

  /** Of these, what a look without update needs too. */
  List<Variable> shared() {
    return working == null ? List.of(gradients) : List.of(gradients, working);
  }

  private DType activations() {
    return options.mixed() ? DType.BF16 : model.dtype();
  }

  /** The model's output. */
  private Value forward(Value x, Value clockValue) {
    if (!options.mixed()) {
      return model.build(graph, x, Mode.TRAINING, clockValue);
    }
    Value narrow = x.type().dtype() == DType.BF16 ? x : x.cast(DType.BF16);
    return model.build(graph, working, narrow, Mode.TRAINING, clockValue);
  }

  private void differentiate(Value loss) {
    List<Value> wanted = new ArrayList<>(model.parameterValues(graph));
    for (String name : options.keep()) {
      if (name.startsWith(GRADIENT) && name.endsWith(")")) {
        Value source = graph.find(name.substring(GRADIENT.length(), name.length() - 1));
        if (source != null && !wanted.contains(source)) {
          wanted.add(source);
        }
      }
    }
    Map<Value, Value> found = Differentiation.gradients(graph, loss, wanted);
    for (Parameter parameter : model.layout().trained()) {
      Value gradient = found.get(graph.find(parameter.name()));
      if (options.mixed()) {
        gradient = gradient.cast(DType.FP32);
        graph.rename(GRADIENT + parameter.name() + ")", gradient);
      }
      // Two parameters may have the same gradient; each needs it at its own place.
      Value own = gradient.placement() == null ? gradient : graph.emit(new Copy(), gradient);
      graph.place(own, gradients, parameter.offset());
    }
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

  /** Tracks the loss and prepares the optimizer's step, which needs no gradient for that. */
  private Value begin(Value clockValue, Value loss) {
    Value trackerValue = graph.read(tracker);
    return graph.scope(
        "step",
        () -> {
          graph.apply(new TrackLoss(), loss, clockValue, trackerValue);
          Optimizer optimizer = options.optimizer();
          List<Value> operands =
              new ArrayList<>(List.of(clockValue, trackerValue, graph.read(refusals)));
          if (rates != null) {
            operands.add(graph.read(rates));
          }
          return graph.emit(
              new StepBegin(optimizer.schedule().curve(), optimizer.beta1(), optimizer.beta2()),
              operands.toArray(Sym[]::new));
        });
  }

  private void update(Value clockValue, Value hyper) {
    for (int i = 0; i < options.optimizer().moments(); i++) {
      moments.add(new Variable("moment " + (i + 1), gradients.type()));
    }
    graph.scope(
        "step",
        () -> {
          for (int i = 0; i < pieces.size(); i++) {
            update(pieces.get(i), hyper, refusal(i));
          }
          return graph.apply(new Advance(), clockValue);
        });
  }

  private Value refusal(int piece) {
    return graph.view(null, refusals, piece * Clock.REFUSAL.size(), Clock.REFUSAL);
  }

  private void update(ParameterPieces.Piece piece, Value hyper, Value refusal) {
    List<Sym> operands = new ArrayList<>();
    operands.add(part(model.variable(), piece));
    operands.add(part(gradients, piece));
    operands.add(hyper);
    operands.add(refusal);
    moments.forEach(moment -> operands.add(part(moment, piece)));
    if (working != null) {
      operands.add(part(working, piece));
    }
    Op step = options.optimizer().step(piece.decayed(), working != null);
    graph.apply(step, operands.toArray(Sym[]::new));
  }

  private Value part(Variable whole, ParameterPieces.Piece piece) {
    TensorType type = TensorType.of(whole.type().dtype(), piece.size());
    return graph.view(null, whole, piece.offset(), type);
  }
}
