package dev.lamina.cuda.formula;

import dev.lamina.formula.Formula;
import dev.lamina.formula.Node;
import java.util.ArrayList;
import java.util.List;

/**
 * A formula with its numbers taken out, so that one kernel serves all formulas that differ in
 * numbers only: every Adam, whatever its constants.
 *
 * @param formula the formula, expanded, with the constant k of {@code constants} written as the
 *     constant k and the limit k of {@code limits} as {@code Before(k)}
 * @param constants the numbers, in order of their nodes
 * @param limits the ends of {@link Node.Before}, in order of their nodes
 */
record Skeleton(Formula formula, List<Double> constants, List<Long> limits) {
  /** Copies the lists. */
  Skeleton {
    constants = List.copyOf(constants);
    limits = List.copyOf(limits);
  }

  /** Takes a formula's numbers out. */
  static Skeleton of(Formula formula) {
    Formula flat = formula.expanded();
    List<Double> constants = new ArrayList<>();
    List<Long> limits = new ArrayList<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : flat.nodes()) {
      nodes.add(
          switch (node) {
            case Node.Constant n -> {
              constants.add(n.value());
              yield new Node.Constant(constants.size() - 1);
            }
            case Node.Before n -> {
              limits.add(n.end());
              yield new Node.Before(limits.size() - 1);
            }
            default -> node;
          });
    }
    Formula skeleton = new Formula(nodes, flat.inputs(), flat.outputs(), flat.flags(), flat.skip());
    return new Skeleton(skeleton, constants, limits);
  }
}
