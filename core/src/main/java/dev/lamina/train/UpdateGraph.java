package dev.lamina.train;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.nn.Model;
import dev.lamina.op.Advance;
import dev.lamina.op.Clock;
import dev.lamina.op.StepBegin;
import dev.lamina.op.Sym;
import dev.lamina.optim.Optimizer;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a step does with its gradients: clips them, changes the parameters by them and counts. A
 * part of the graph of a step, or a graph of its own after the gradients of several batches were
 * added.
 */
final class UpdateGraph {
  private final Graph graph;
  private final Model model;
  private final StepOptions options;
  private final StepVariables variables;
  private final Map<Optimizer, Value> numbers = new LinkedHashMap<>();
  private Value updates;

  UpdateGraph(Graph graph, StepOptions options, StepVariables variables) {
    this.graph = graph;
    this.model = options.model();
    this.options = options;
    this.variables = variables;
  }

  /** The update after several batches; leaves the sum of gradients 0 for the next ones. */
  static Graph alone(StepOptions options, StepVariables variables) {
    Graph graph = new Graph();
    UpdateGraph update = new UpdateGraph(graph, options, variables);
    update.begin(graph.read(variables.updates));
    update.finish();
    graph.scope(
        "step",
        () -> {
          variables.pieces.forEach(piece -> {
            TensorType type = TensorType.of(variables.gradients.type().dtype(), piece.size());
            Value zeros = graph.fill(0, type);
            graph.place(zeros, variables.gradients, piece.offset());
          });
          return null;
        });
    return graph;
  }

  /**
   * Prepares the optimizers' step, which needs no gradient for that.
   *
   * @param counter what counts the updates
   */
  void begin(Value counter) {
    updates = counter;
    Value tracker = graph.read(variables.tracker);
    Value refusals = graph.read(variables.refusals);
    graph.scope(
        "step",
        () -> {
          for (ParameterPieces.Piece piece : variables.pieces) {
            numbers.computeIfAbsent(
                piece.optimizer(), optimizer -> numbers(optimizer, counter, tracker, refusals));
          }
          return null;
        });
  }

  private Value numbers(Optimizer optimizer, Value counter, Value tracker, Value refusals) {
    List<Value> operands = new ArrayList<>(List.of(counter, tracker, refusals));
    Variable rates = variables.rates.get(optimizer);
    if (rates != null) {
      operands.add(graph.read(rates));
    }
    return graph.emit(
        new StepBegin(optimizer.schedule().curve(), optimizer.beta1(), optimizer.beta2()),
        operands.toArray(Sym[]::new));
  }

  /** As {@link Clock#HYPER}, for what concerns all optimizers: whether the update is skipped. */
  Value hyper() {
    return numbers.values().iterator().next();
  }

  /** Clips, updates and counts, once the gradients are there. */
  void finish() {
    graph.scope(
        "step",
        () -> {
          new Clipping(graph, variables).clip(options.options());
          for (int i = 0; i < variables.pieces.size(); i++) {
            ParameterPieces.Piece piece = variables.pieces.get(i);
            update(piece, numbers.get(piece.optimizer()), refusal(i));
          }
          if (variables.average != null) {
            // Whether an update is skipped is the same for all optimizers.
            Value hyper = numbers.values().iterator().next();
            new Averaging(model.variable(), variables)
                .follow(graph, options.options().averageDecay(), hyper());
          }
          return graph.apply(new Advance(), updates);
        });
  }

  private Value refusal(int piece) {
    return graph.view(null, variables.refusals, piece * Clock.REFUSAL.size(), Clock.REFUSAL);
  }

  private void update(ParameterPieces.Piece piece, Value hyper, Value refusal) {
    List<Sym> operands = new ArrayList<>();
    operands.add(part(model.variable(), piece));
    operands.add(part(variables.gradients, piece));
    operands.add(hyper);
    operands.add(refusal);
    variables.moments.stream()
        .limit(piece.optimizer().moments())
        .forEach(moment -> operands.add(part(moment, piece)));
    boolean copied = variables.working != null;
    if (copied) {
      operands.add(part(variables.working, piece));
    }
    graph.apply(piece.optimizer().step(piece.decayed(), copied), operands.toArray(Sym[]::new));
  }

  private Value part(Variable whole, ParameterPieces.Piece piece) {
    TensorType type = TensorType.of(whole.type().dtype(), piece.size());
    return graph.view(null, whole, piece.offset(), type);
  }
}
