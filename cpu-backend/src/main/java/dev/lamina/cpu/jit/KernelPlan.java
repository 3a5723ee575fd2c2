package dev.lamina.cpu.jit;

import dev.lamina.formula.BinaryFunction;
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
 * A formula in the form that code is made of: all that differs between formulas of the same code is
 * taken out and listed, so that one kernel serves them.
 *
 * <p>The inputs of {@code code} are the streams, each FULL; then the numbers that change between
 * rows or pieces only, each a COLUMN; then one SINGLE of all numbers that do not change.
 *
 * @param code the formula that is compiled
 * @param streams what changes from element to element
 * @param pieces what is one number for a piece of a row
 * @param singles what is one number for the whole run
 * @param randoms the sequences of random numbers that the code draws; {@link Node.Uniform#clock()}
 *     is the position in this list there
 */
public record KernelPlan(
    Formula code,
    List<Source> streams,
    List<Source> pieces,
    List<Source> singles,
    List<Source> randoms) {

  /**
   * Plans a formula.
   *
   * @param expanded whether columns are repeated along their rows before, so that rows follow each
   *     other without a break
   * @param drawing whether the code draws random numbers itself; else they are streams
   */
  public static KernelPlan of(Formula formula, boolean expanded, boolean drawing) {
    return new Planner(formula.expanded(), expanded, drawing).plan();
  }

  /**
   * How many numbers are handed over: pieces, then singles, then four for each of the randoms; and
   * one for each flag comes back.
   */
  public int scalars() {
    return firstOfFlags() + code.flags().size();
  }

  /** Where kernels leave for each flag that was raised which element was the first to do it. */
  public int firstOfFlags() {
    return firstOfRandoms() + RandomCode.NUMBERS * randoms.size();
  }

  /**
   * Where the numbers of the randoms start: of each its step, its seed's low and high word, and its
   * stream.
   */
  public int firstOfRandoms() {
    return pieces.size() + singles.size();
  }

  private static final class Planner {
    /** Of so many operations are the formulas whose constants are handed over. */
    private static final int SHORT = 4;

    private final Formula formula;
    private final boolean expanded;
    private final boolean drawing;
    private final boolean[] kept;
    private final List<Source> streams = new ArrayList<>();
    private final List<Source> pieces = new ArrayList<>();
    private final List<Source> singles = new ArrayList<>();
    private final List<Source> randoms = new ArrayList<>();

    Planner(Formula formula, boolean expanded, boolean drawing) {
      this.drawing = drawing;
      this.formula = formula;
      this.expanded = expanded;
      kept = keptConstants(formula);
      formula.nodes().forEach(this::sort);
    }

    private void sort(Node node) {
      List<Source> list = listOf(node);
      if (list != null && !list.contains(source(node))) {
        list.add(source(node));
      }
    }

    /** Where a leaf's number is listed; null if it has no source. */
    private List<Source> listOf(Node node) {
      return switch (node) {
        case Node.Read read ->
            switch (formula.inputs().get(read.input()).kind()) {
              case FULL, ROW -> streams;
              case COLUMN -> expanded ? streams : pieces;
              case SINGLE -> singles;
            };
        case Node.Position position ->
            position.axis() == Node.Axis.ROW && !expanded ? pieces : streams;
        case Node.Uniform _ -> drawing ? randoms : streams;
        case Node.Before _ -> pieces;
        case Node.Constant constant -> kept[formula.nodes().indexOf(constant)] ? null : singles;
        default -> null;
      };
    }

    private static Source source(Node node) {
      return switch (node) {
        case Node.Read n -> new Source.Operand(n.input(), n.element());
        case Node.Position n -> new Source.Position(n.axis());
        case Node.Uniform n -> new Source.Random(n.clock(), n.stream());
        case Node.Before n -> new Source.Before(n.end());
        case Node.Constant n -> new Source.Constant(n.value());
        default -> throw new IllegalArgumentException(node.toString());
      };
    }

    /**
     * Constants that stay in the code: in formulas of some length all, in short ones those that
     * code is chosen by, which are 0 and 1 and what numbers are compared with. Others may be a
     * factor that changes from call to call, and each would get a class of its own.
     */
    private static boolean[] keptConstants(Formula formula) {
      boolean[] kept = new boolean[formula.nodes().size()];
      if (formula.operations() > SHORT) {
        Arrays.fill(kept, true);
        return kept;
      }
      for (int i = 0; i < kept.length; i++) {
        switch (formula.nodes().get(i)) {
          case Node.Constant(double value) -> kept[i] |= value == 0 || Math.abs(value) == 1;
          case Node.Compare n -> keep(kept, n.a(), n.b());
          case Node.Binary n when isBound(n.function()) -> keep(kept, n.a(), n.b());
          default -> {}
        }
      }
      return kept;
    }

    private static boolean isBound(BinaryFunction function) {
      return function == BinaryFunction.MINIMUM
          || function == BinaryFunction.MAXIMUM
          || function == BinaryFunction.POWER;
    }

    private static void keep(boolean[] kept, int... nodes) {
      for (int node : nodes) {
        kept[node] = true;
      }
    }

    KernelPlan plan() {
      DType type = formula.computeType();
      List<Input> inputs = new ArrayList<>();
      streams.forEach(_ -> inputs.add(new Input(Kind.FULL, type, 1)));
      pieces.forEach(_ -> inputs.add(new Input(Kind.COLUMN, type, 1)));
      if (!singles.isEmpty()) {
        inputs.add(new Input(Kind.SINGLE, DType.FP64, singles.size()));
      }
      List<Node> nodes = new ArrayList<>();
      int[] to = new int[formula.nodes().size()];
      for (int i = 0; i < to.length; i++) {
        Node node = formula.nodes().get(i);
        if (listOf(node) == null) {
          nodes.add(node.with(o -> to[o]));
        } else {
          nodes.add(read(node));
          if (node instanceof Node.Before) {
            nodes.add(new Node.Constant(0));
            int last = nodes.size() - 1;
            nodes.add(new Node.Compare(Comparison.NOT_EQUAL, last - 1, last));
          }
        }
        to[i] = nodes.size() - 1;
      }
      Formula code =
          new Formula(
              nodes,
              inputs,
              formula.outputs().stream()
                  .map(o -> new Output(to[o.node()], type, Output.NEW))
                  .toList(),
              formula.flags().stream().map(f -> code(f.to(o -> to[o]))).toList(),
              formula.skip() == Formula.NEVER ? Formula.NEVER : to[formula.skip()]);
      return new KernelPlan(
          code,
          List.copyOf(streams),
          List.copyOf(pieces),
          List.copyOf(singles),
          List.copyOf(randoms));
    }

    /** Which number a flag raises is not the kernel's business. */
    private static Flag code(Flag flag) {
      return new Flag(flag.test(), flag.value(), 0, 0);
    }

    private Node read(Node node) {
      List<Source> list = listOf(node);
      int at = list.indexOf(source(node));
      if (list == randoms) {
        return new Node.Uniform(at, 0);
      }
      if (list == singles) {
        return new Node.Read(streams.size() + pieces.size(), at);
      }
      return new Node.Read(list == streams ? at : streams.size() + at, 0);
    }
  }
}
