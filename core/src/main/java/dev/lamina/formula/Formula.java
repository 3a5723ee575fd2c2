package dev.lamina.formula;

import dev.lamina.type.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A pointwise function in static single assignment: what is computed for each element (i, j) of a
 * matrix [m, n] from the elements of its inputs, and where the results go.
 *
 * <p>Elements are computed in the {@link #computeType()}; what depends on constants and on inputs
 * of kind SINGLE only is computed once, in double, and rounded to the compute type where it meets
 * an element ({@link #uniform()}). Nothing is contracted: a·b + c is rounded twice unless it is an
 * {@link Node.Fma}.
 *
 * <p>A formula is a value: equal formulas compute the same, so it is the key of every cache of
 * generated code. Made by {@link FormulaBuilder}. Immutable.
 */
public final class Formula {
  /** In the place of {@link #skip}: every run writes its results. */
  public static final int NEVER = -1;

  private final List<Node> nodes;
  private final List<Input> inputs;
  private final List<Output> outputs;
  private final List<Flag> flags;
  private final int skip;

  /** Of all parts, once it was asked for: caches ask for it with every small operation. */
  private int hash;

  private Formula expanded;

  /** By each input, once it was asked for. */
  private final AtomicReferenceArray<Derivative> derivatives;

  /**
   * A formula.
   *
   * @param nodes the instructions; operands come before their uses, and every node has a use
   * @param inputs the inputs in order
   * @param outputs the outputs in order
   * @param flags what is reported beside the outputs
   * @param skip the number of a condition on singles and constants: where it holds at the start of
   *     a run, the run writes nothing at all; {@link #NEVER} if there is none
   */
  public Formula(
      List<Node> nodes, List<Input> inputs, List<Output> outputs, List<Flag> flags, int skip) {
    this.nodes = List.copyOf(nodes);
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
    this.flags = List.copyOf(flags);
    this.skip = skip;
    derivatives = new AtomicReferenceArray<>(inputs.size());
  }

  /** The instructions; operands come before their uses, and every node has a use. */
  public List<Node> nodes() {
    return nodes;
  }

  /** The inputs in order. */
  public List<Input> inputs() {
    return inputs;
  }

  /** The outputs in order. */
  public List<Output> outputs() {
    return outputs;
  }

  /** What is reported beside the outputs. */
  public List<Flag> flags() {
    return flags;
  }

  /** The condition under which a run writes nothing, or {@link #NEVER}. */
  public int skip() {
    return skip;
  }

  @Override
  public boolean equals(Object o) {
    return o == this
        || o instanceof Formula other
            && hashCode() == other.hashCode()
            && skip == other.skip
            && nodes.equals(other.nodes)
            && inputs.equals(other.inputs)
            && outputs.equals(other.outputs)
            && flags.equals(other.flags);
  }

  @Override
  public int hashCode() {
    if (hash == 0) {
      hash = Objects.hash(nodes, inputs, outputs, flags, skip);
    }
    return hash;
  }

  /**
   * FP64 if an input that is not a SINGLE, or an output, is FP64 or INT32, of which FP32 does not
   * hold every number; else FP32.
   */
  public DType computeType() {
    boolean wide =
        inputs.stream().anyMatch(i -> i.kind() != Kind.SINGLE && isWide(i.dtype()))
            || outputs.stream().anyMatch(o -> isWide(o.dtype()));
    return wide ? DType.FP64 : DType.FP32;
  }

  private static boolean isWide(DType dtype) {
    return dtype == DType.FP64 || dtype == DType.INT32;
  }

  /** For each node, whether it depends on constants and singles only, and so is one number. */
  public boolean[] uniform() {
    boolean[] uniform = new boolean[nodes.size()];
    for (int i = 0; i < uniform.length; i++) {
      uniform[i] =
          switch (nodes.get(i)) {
            case Node.Read read -> inputs.get(read.input()).kind() == Kind.SINGLE;
            case Node.Position _, Node.Before _, Node.Uniform _ -> false;
            case Node node -> Arrays.stream(node.operands()).allMatch(o -> uniform[o]);
          };
    }
    return uniform;
  }

  /** For each node, by how many operands, outputs, flags and conditions to skip it is taken. */
  public int[] uses() {
    int[] uses = new int[nodes.size()];
    for (Node node : nodes) {
      for (int operand : node.operands()) {
        uses[operand]++;
      }
    }
    outputs.forEach(o -> uses[o.node()]++);
    for (Flag flag : flags) {
      uses[flag.test()]++;
      if (!flag.isRest()) {
        uses[flag.value()]++;
      }
    }
    if (skip != NEVER) {
      uses[skip]++;
    }
    return uses;
  }

  /** For each input, whether any node reads it; an output may overwrite one that none reads. */
  public boolean[] reads() {
    boolean[] reads = new boolean[inputs.size()];
    for (Node node : nodes) {
      switch (node) {
        case Node.Read read -> reads[read.input()] = true;
        case Node.Uniform uniform -> reads[uniform.clock()] = true;
        default -> {}
      }
    }
    return reads;
  }

  /** Whether it has one output of its own, and neither flags nor a condition to skip. */
  public boolean isPure() {
    return outputs.size() == 1 && outputs.getFirst().isNew() && flags.isEmpty() && skip == NEVER;
  }

  /**
   * Whether the output of a {@linkplain #isPure pure} formula depends on an input in a way that has
   * a derivative: not by conditions, signs and integers alone.
   */
  public boolean isDifferentiable(int input) {
    if (!isPure() || inputs.get(input).length() != 1) {
      return false;
    }
    boolean[] active = new boolean[nodes.size()];
    for (int i = 0; i < active.length; i++) {
      Node node = nodes.get(i);
      active[i] = node instanceof Node.Read read && read.input() == input;
      if (passesGradients(node)) {
        for (int operand : node.operands()) {
          active[i] |= active[operand];
        }
      }
    }
    return active[outputs.getFirst().node()];
  }

  private static boolean passesGradients(Node node) {
    return switch (node) {
      case Node.Compare _ -> false;
      case Node.Unary n ->
          n.function() != UnaryFunction.SIGN && n.function() != UnaryFunction.FLOOR;
      case Node.Round n -> n.to().isFloating();
      default -> true;
    };
  }

  /** {@link Derivative#of} by one input; computed once. */
  public Derivative derivative(int input) {
    Derivative known = derivatives.get(input);
    if (known == null) {
      known = Derivative.of(this, List.of(input));
      derivatives.set(input, known);
    }
    return known;
  }

  /**
   * The number of floating-point operations for each element, where every function counts as one.
   */
  public int operations() {
    Formula flat = expanded();
    boolean[] uniform = flat.uniform();
    int count = 0;
    for (int i = 0; i < uniform.length; i++) {
      if (!uniform[i]) {
        count +=
            switch (flat.nodes.get(i)) {
              case Node.Read _, Node.Constant _, Node.Position _, Node.Before _ -> 0;
              case Node.Fma _ -> 2;
              default -> 1;
            };
      }
    }
    return count;
  }

  /** Whether the one output is the one full input, perhaps in another type. */
  public boolean isConversion() {
    return isPure()
        && inputs.size() == 1
        && inputs.getFirst().kind() == Kind.FULL
        && nodes.size() == 1
        && nodes.getFirst() instanceof Node.Read;
  }

  /**
   * A short name for listings: the functions of a short formula joined by {@code +}, as {@code
   * subtract+exp}; {@code map} of a longer one; what it does of one without any.
   */
  public String label() {
    return Label.of(this);
  }

  /** The same formula with the named functions replaced by what they stand for. */
  public Formula expanded() {
    // Like the hash, made when it is first asked for; threads that meet here make equal ones.
    Formula known = expanded;
    if (known == null) {
      known = expand();
      expanded = known;
    }
    return known;
  }

  private Formula expand() {
    if (nodes.stream().noneMatch(Node.Apply.class::isInstance)) {
      return this;
    }
    FormulaBuilder builder = new FormulaBuilder(inputs);
    builder.expand(this);
    return builder.build();
  }

  /**
   * One line for each node, exact: formulas with the same text are equal. For example
   *
   * <pre>
   * (x0: full FP32, x1: row FP32)
   *   t0 = x0 + x1
   *   t1 = gelu(t0)
   *   -&gt; FP32 t1
   * where gelu(x0) = ...
   * </pre>
   */
  @Override
  public String toString() {
    return Printer.print(this);
  }
}
