package dev.lamina.cuda.formula;

import dev.lamina.formula.Flag;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Node;
import dev.lamina.formula.Output;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * A formula with its numbers taken out, so that one kernel serves all formulas that differ in
 * numbers only: every Adam, whatever its constants, and dropout at every place of a network.
 *
 * @param formula the formula, expanded, with the parameter k written as the constant k, the end of
 *     a {@link Node.Before} or the stream of a {@link Node.Uniform}
 * @param parameters one for each use of a number, also where a formula uses one number twice
 */
record Skeleton(Formula formula, List<Parameter> parameters) {
  /** Copies the list. */
  Skeleton {
    parameters = List.copyOf(parameters);
  }

  /** Takes a formula's numbers out. */
  static Skeleton of(Formula formula) {
    return new Taking(formula.expanded()).skeleton();
  }

  /** Gives every use of a constant a node of its own. */
  private static final class Taking {
    private final Formula flat;
    private final DType computed;
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final int[] to;

    Taking(Formula flat) {
      this.flat = flat;
      computed = flat.computeType();
      to = new int[flat.nodes().size()];
    }

    Skeleton skeleton() {
      boolean[] uniform = flat.uniform();
      for (int i = 0; i < to.length; i++) {
        Node node = flat.nodes().get(i);
        DType type = uniform[i] ? DType.FP64 : computed;
        if (!(node instanceof Node.Constant)) {
          Node taken = taken(node).with(o -> use(o, type));
          to[i] = nodes.size();
          nodes.add(taken);
        }
      }
      List<Output> outputs =
          flat.outputs().stream()
              .map(o -> new Output(use(o.node(), computed), o.dtype(), o.over()))
              .toList();
      List<Flag> flags = flat.flags().stream().map(f -> f.to(o -> use(o, DType.FP64))).toList();
      int skip = flat.skip() == Formula.NEVER ? Formula.NEVER : to[flat.skip()];
      return new Skeleton(new Formula(nodes, flat.inputs(), outputs, flags, skip), parameters);
    }

    private Node taken(Node node) {
      return switch (node) {
        case Node.Before n -> new Node.Before(parameter(new Parameter.Limit(n.end())));
        case Node.Uniform n ->
            new Node.Uniform(n.clock(), parameter(new Parameter.Stream(n.stream())));
        default -> node;
      };
    }

    private int parameter(Parameter parameter) {
      parameters.add(parameter);
      return parameters.size() - 1;
    }

    private int use(int node, DType type) {
      if (!(flat.nodes().get(node) instanceof Node.Constant n)) {
        return to[node];
      }
      nodes.add(new Node.Constant(parameter(new Parameter.Constant(n.value(), type))));
      return nodes.size() - 1;
    }
  }
}
