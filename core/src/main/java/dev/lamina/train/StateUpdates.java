package dev.lamina.train;

import dev.lamina.formula.Expr;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.formula.Input;
import dev.lamina.formula.Kind;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.op.Map;
import dev.lamina.type.TensorType;
import java.util.List;

/** The end of a training step for the states of layers: they take their next values. */
final class StateUpdates {
  private StateUpdates() {}

  /**
   * Adds the updates that the layers asked for. An element that would become NaN or infinite stays.
   *
   * @param numbers of the step, of which one says that the step changes nothing
   * @param skip which of them; it does if that is not 0
   */
  static void add(Graph graph, Value numbers, int skip) {
    List<Graph.Assignment> assignments = graph.takeAssignments();
    graph.scope(
        "step",
        () -> {
          for (Graph.Assignment a : assignments) {
            Formula formula = formula(a.target().type(), numbers.type(), skip);
            Map update = new Map(formula, a.target().shape());
            graph.apply(update, a.target(), a.value(), numbers);
          }
          return null;
        });
  }

  private static Formula formula(TensorType state, TensorType numbers, int skip) {
    Input full = new Input(Kind.FULL, state.dtype(), 1);
    int length = Math.toIntExact(numbers.size());
    FormulaBuilder f =
        new FormulaBuilder(List.of(full, full, new Input(Kind.SINGLE, numbers.dtype(), length)));
    Expr old = f.read(0, 0);
    Expr next = f.read(1, 0);
    f.update(0, next.isNotFinite().select(old, next));
    f.skipIf(f.read(2, skip).notEqualTo(0));
    return f.build();
  }
}
