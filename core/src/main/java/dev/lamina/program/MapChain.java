package dev.lamina.program;

import dev.lamina.formula.Expr;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.formula.Input;
import dev.lamina.formula.Kind;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import dev.lamina.op.Map;
import java.util.ArrayList;
import java.util.List;

/**
 * Two maps over one matrix, the second of the first one's result, as one map that computes the same
 * bits: what the first one stored is rounded to its type between them.
 */
final class MapChain {
  /** Longer formulas take more registers than there are, and more memory than they save. */
  private static final int MOST_NODES = 60;

  private static final int MOST_INPUTS = 8;

  private final FormulaBuilder builder = new FormulaBuilder();
  private final List<Value> operands = new ArrayList<>();

  private MapChain() {}

  /** The node in the place of both; null if they cannot be one. */
  static Node of(Node first, Node second) {
    if (!(first.op() instanceof Map before)
        || !(second.op() instanceof Map after)
        || !fit(before, after)) {
      return null;
    }
    Value between = first.outputs().getFirst();
    for (int i = 0; i < second.inputs().size(); i++) {
      if (second.inputs().get(i) == between
          && after.formula().inputs().get(i).kind() != Kind.FULL) {
        return null;
      }
    }
    return new MapChain().join(first, second, before.formula(), after);
  }

  private static boolean fit(Map before, Map after) {
    Formula first = before.formula();
    Formula second = after.formula();
    return first.isPure()
        && second.isPure()
        && before.shape().rows() == after.shape().rows()
        && before.shape().columns() == after.shape().columns()
        && first.computeType() == second.computeType()
        && first.nodes().size() + second.nodes().size() <= MOST_NODES;
  }

  private Node join(Node first, Node second, Formula before, Map after) {
    // Of the same type as it is computed in too: a backend may compute more precisely.
    Expr value = inlined(before, first, null, null).round(before.outputs().getFirst().dtype());
    Expr result = inlined(after.formula(), second, first.outputs().getFirst(), value);
    builder.output(result, after.formula().outputs().getFirst().dtype());
    if (builder.inputs().size() > MOST_INPUTS) {
      return null;
    }
    return Node.fused(
        second.scope(), new Map(builder.build(), after.shape()), operands, second.outputs());
  }

  /** A node's formula with its operands as inputs of the joined one, but for one that is known. */
  private Expr inlined(Formula formula, Node node, Value known, Expr value) {
    return builder
        .inline(
            formula,
            (input, element) -> {
              Value operand = node.inputs().get(input);
              return operand == known
                  ? value
                  : builder.read(number(operand, formula.inputs().get(input)), element);
            },
            clock -> number(node.inputs().get(clock), formula.inputs().get(clock)))
        .getFirst();
  }

  /** The number of an operand among the inputs; it is added if it is new or fills otherwise. */
  private int number(Value operand, Input input) {
    for (int i = 0; i < operands.size(); i++) {
      if (operands.get(i) == operand && builder.inputs().get(i).equals(input)) {
        return i;
      }
    }
    operands.add(operand);
    return builder.input(input);
  }
}
