package dev.lamina.cpu.jit;

import dev.lamina.formula.Comparison;
import dev.lamina.formula.Flag;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Input;
import dev.lamina.formula.Kind;
import dev.lamina.formula.Node;
import dev.lamina.formula.Output;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A formula too long for one method, in two: the JIT compiler leaves methods of more than 8000
 * bytes to the interpreter.
 *
 * @param first makes what the second needs of the first half: outputs of the compute type
 * @param second the formula with those as further inputs, behind its own
 */
public record Split(Formula first, Formula second) {
  /** How many instructions on vectors a method may have: about 20 bytes each. */
  private static final int LONGEST = 350;

  /** How many instructions an elementary function has, about. */
  private static final int FUNCTION = 25;

  /** Splits a formula if it is too long, else returns null. */
  public static Split of(Formula formula) {
    Formula flat = formula.expanded();
    int[] weights = weights(flat);
    int total = Arrays.stream(weights).sum();
    if (total <= LONGEST) {
      return null;
    }
    int cut = 0;
    for (int weight = 0; weight < total / 2; cut++) {
      weight += weights[cut];
    }
    return new Splitter(flat, cut).split();
  }

  /**
   * How many instructions each node takes, about. Reads count for nothing, and neither does what is
   * computed once: both halves may have them, and each must be lighter than the whole.
   */
  private static int[] weights(Formula formula) {
    boolean[] uniform = formula.uniform();
    int[] weights = new int[uniform.length];
    for (int i = 0; i < weights.length; i++) {
      if (!uniform[i]) {
        weights[i] =
            switch (formula.nodes().get(i)) {
              case Node.Read _, Node.Before _, Node.Position _ -> 0;
              case Node.Uniform _ -> FUNCTION;
              case Node.Unary n when n.function().ulps() > 0.5 -> FUNCTION;
              case Node.Binary n when n.function().ulps() > 0.5 -> FUNCTION;
              default -> 1;
            };
      }
    }
    return weights;
  }

  private static final class Splitter {
    private final Formula formula;
    private final boolean[] uniform;
    private final int cut;
    private final DType type;
    private final List<Node> firstNodes;
    private final List<Node> secondNodes = new ArrayList<>();
    private final List<Input> inputs;
    private final List<Output> kept = new ArrayList<>();

    /** Where the second half finds what the first half made; −1 for what it has not asked for. */
    private final int[] to;

    Splitter(Formula formula, int cut) {
      this.formula = formula;
      this.cut = cut;
      uniform = formula.uniform();
      type = formula.computeType();
      firstNodes = new ArrayList<>(formula.nodes().subList(0, cut));
      inputs = new ArrayList<>(formula.inputs());
      to = new int[uniform.length];
      Arrays.fill(to, -1);
    }

    Split split() {
      for (int i = cut; i < uniform.length; i++) {
        Node node = formula.nodes().get(i);
        for (int operand : node.operands()) {
          take(operand);
        }
        secondNodes.add(node.with(o -> to[o]));
        to[i] = secondNodes.size() - 1;
      }
      formula.outputs().forEach(o -> take(o.node()));
      for (Flag flag : formula.flags()) {
        take(flag.test());
        if (!flag.isRest()) {
          take(flag.value());
        }
      }
      if (formula.skip() != Formula.NEVER) {
        take(formula.skip());
      }
      Formula first = new Formula(firstNodes, formula.inputs(), kept, List.of(), Formula.NEVER);
      Formula second =
          new Formula(
              secondNodes,
              inputs,
              formula.outputs().stream()
                  .map(o -> new Output(to[o.node()], o.dtype(), o.over()))
                  .toList(),
              formula.flags().stream().map(f -> f.to(o -> to[o])).toList(),
              formula.skip() == Formula.NEVER ? Formula.NEVER : to[formula.skip()]);
      return new Split(first, second);
    }

    /** Makes a node of the first half known to the second. */
    private void take(int node) {
      if (to[node] >= 0) {
        return;
      }
      Node made = formula.nodes().get(node);
      if (uniform[node] || made.operands().length == 0) { // computed again
        for (int operand : made.operands()) {
          take(operand);
        }
        secondNodes.add(made.with(o -> to[o]));
      } else if (made.isCondition()) { // kept as 1 or 0
        firstNodes.add(new Node.Constant(1));
        firstNodes.add(new Node.Constant(0));
        int zero = firstNodes.size() - 1;
        firstNodes.add(new Node.Select(node, zero - 1, zero));
        keep(zero + 1);
        secondNodes.add(new Node.Constant(0));
        int last = secondNodes.size() - 1;
        secondNodes.add(new Node.Compare(Comparison.NOT_EQUAL, last - 1, last));
      } else {
        keep(node);
      }
      to[node] = secondNodes.size() - 1;
    }

    private void keep(int node) {
      kept.add(new Output(node, type, Output.NEW));
      secondNodes.add(new Node.Read(inputs.size(), 0));
      inputs.add(new Input(Kind.FULL, type, 1));
    }
  }
}
