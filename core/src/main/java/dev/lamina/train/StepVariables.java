package dev.lamina.train;

import dev.lamina.graph.Variable;
import dev.lamina.nn.Model;
import dev.lamina.op.Clock;
import dev.lamina.optim.Optimizer;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/** What a training step keeps on the device from one run to the next. */
final class StepVariables {
  /** In elements. */
  private static final long BLOCK = 1 << 20;

  /** Counts batches. */
  final Variable clock = new Variable("clock", Clock.CLOCK);

  /** Counts updates; the clock itself where every batch brings one. */
  final Variable updates;

  final Variable tracker = new Variable("loss tracker", Clock.TRACKER);
  final Variable gradients;
  final List<Variable> moments;

  /** What the updates of the parameters' pieces leave where they could not be done. */
  final Variable refusals;

  /** The learning rates of updates to come, for optimizers whose rates the host tells. */
  final Map<Optimizer, Variable> rates = new LinkedHashMap<>();

  /** The parameters as BF16, null if the step is not mixed. */
  final Variable working;

  /** The average of the parameters, null if there is none. */
  final Variable average;

  final Assignment assignment;
  final List<ParameterPieces.Piece> pieces;

  StepVariables(StepOptions options) {
    Model model = options.model();
    TensorType flat = model.variable().type();
    assignment = new Assignment(model.layout(), options.options());
    pieces = ParameterPieces.of(assignment);
    updates = options.options().accumulation() == 1 ? clock : new Variable("updates", Clock.CLOCK);
    gradients = new Variable("gradients", flat);
    moments =
        IntStream.rangeClosed(1, mostMoments())
            .mapToObj(i -> new Variable("moment " + i, flat))
            .toList();
    refusals = new Variable("refusals", Clock.refusals(pieces.size()));
    for (Optimizer optimizer : optimizers()) {
      if (optimizer.schedule().curve().isEmpty()) {
        rates.put(optimizer, new Variable("learning rates", Clock.rates(RateTable.STEPS)));
      }
    }
    average = options.options().averageDecay() == 0 ? null : new Variable("average", flat);
    working = options.mixed() ? new Variable("bf16 parameters", flat.as(DType.BF16)) : null;
  }

  /**
   * Goes through the flat buffers block by block, for work whose results need memory of their own:
   * it takes a block's, not a buffer's.
   *
   * @param body takes a block's offset and type
   */
  void eachBlock(BiConsumer<Long, TensorType> body) {
    for (ParameterPieces.Piece piece : pieces) {
      for (long from = 0; from < piece.size(); from += BLOCK) {
        long size = Math.min(BLOCK, piece.size() - from);
        body.accept(piece.offset() + from, TensorType.of(gradients.type().dtype(), size));
      }
    }
  }

  private int mostMoments() {
    return optimizers().stream().mapToInt(Optimizer::moments).max().orElseThrow();
  }

  /** The optimizers that have parameters, each once; that of all the rest if none has. */
  Set<Optimizer> optimizers() {
    Set<Optimizer> all = new LinkedHashSet<>();
    pieces.forEach(piece -> all.add(piece.optimizer()));
    return all.isEmpty() ? Set.of(assignment.rest()) : all;
  }

  /** The variables that the step itself must find room for; the moments first. */
  List<Variable> owned() {
    List<Variable> owned = new ArrayList<>(moments);
    if (average != null) {
      owned.add(average);
    }
    owned.addAll(shared());
    owned.addAll(counters());
    return owned;
  }

  /** Of these, the numbers that a step is told by. */
  List<Variable> counters() {
    List<Variable> counters = new ArrayList<>(List.of(clock, tracker, refusals));
    if (updates != clock) {
      counters.add(updates);
    }
    counters.addAll(rates.values());
    return counters;
  }

  /** Of these, what a look without update needs too. */
  List<Variable> shared() {
    return working == null ? List.of(gradients) : List.of(gradients, working);
  }
}
