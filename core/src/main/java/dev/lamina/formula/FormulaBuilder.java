package dev.lamina.formula;

import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Makes a {@link Formula}. For example softplus, ln (1 + e<sup>x</sup>) in its safe form:
 *
 * <pre>{@code
 * FormulaBuilder f = new FormulaBuilder();
 * Expr x = f.full(DType.FP32);
 * f.output(x.max(0).plus(x.abs().negate().exp().log1p()), DType.FP32);
 * Formula softplus = f.build();
 * }</pre>
 *
 * <p>Expressions are simplified as they are written, by rules that are exact in IEEE 754: equal
 * parts are computed once, constants are folded in double, x · 1, x − 0 and −(−x) are x. Neither x
 * + 0 (for −0) nor x · 0 (for NaN) is touched.
 *
 * <p>Not safe for use by several threads.
 */
public final class FormulaBuilder {
  private final Simplifier nodes = new Simplifier();
  private final List<Input> inputs = new ArrayList<>();
  private final List<Output> outputs = new ArrayList<>();
  private final List<Flag> flags = new ArrayList<>();
  private int skip = Formula.NEVER;

  /** An empty formula. */
  public FormulaBuilder() {}

  /** A formula with these inputs, to be read by {@link #read}. */
  public FormulaBuilder(List<Input> inputs) {
    this.inputs.addAll(inputs);
  }

  /** Adds an input and returns its number. */
  public int input(Input input) {
    inputs.add(input);
    return inputs.size() - 1;
  }

  /** The inputs so far. */
  public List<Input> inputs() {
    return List.copyOf(inputs);
  }

  /** Adds an input with an element for each element. */
  public Expr full(DType dtype) {
    return read(input(new Input(Kind.FULL, dtype, 1)), 0);
  }

  /** Adds an input that is a row, repeated. */
  public Expr row(DType dtype) {
    return read(input(new Input(Kind.ROW, dtype, 1)), 0);
  }

  /** Adds an input that is a column, repeated. */
  public Expr column(DType dtype) {
    return read(input(new Input(Kind.COLUMN, dtype, 1)), 0);
  }

  /** Adds an input that is one number. */
  public Expr single(DType dtype) {
    return read(input(new Input(Kind.SINGLE, dtype, 1)), 0);
  }

  /** Adds an input of a few numbers, to be read by {@link #read}; returns its number. */
  public int singles(DType dtype, int length) {
    return input(new Input(Kind.SINGLE, dtype, length));
  }

  /**
   * An element of an input.
   *
   * @param element which number of a SINGLE; 0 for every other kind
   */
  public Expr read(int input, int element) {
    if (element < 0 || element >= checked(input).length()) {
      throw new IllegalArgumentException(
          "number " + element + " of input " + input + ", " + inputs.get(input));
    }
    return expr(new Node.Read(input, element));
  }

  private Input checked(int input) {
    if (input < 0 || input >= inputs.size()) {
      throw new IllegalArgumentException(
          "input " + input + ": the formula has " + inputs.size() + " so far");
    }
    return inputs.get(input);
  }

  /** A constant. */
  public Expr constant(double value) {
    return expr(new Node.Constant(value));
  }

  /** The row i, the column j or the position i n + j of the element, as a number. */
  public Expr position(Node.Axis axis) {
    return expr(new Node.Position(axis));
  }

  /** Whether the element is one of the first {@code end} in row-major order. */
  public Condition before(long end) {
    return new Condition(this, nodes.add(new Node.Before(end)));
  }

  /**
   * A random number from 0 to below 1, as {@link Node.Uniform} says.
   *
   * @param clock the number of the input that is the clock
   * @param stream which sequence of random numbers
   */
  public Expr uniform(int clock, int stream) {
    Input input = checked(clock);
    if (input.kind() != Kind.SINGLE || input.dtype() != DType.INT32 || input.length() < 3) {
      throw new IllegalArgumentException(
          "clock " + input + ": expected a single INT32 of step, seed low and seed high");
    }
    return expr(new Node.Uniform(clock, stream));
  }

  /** A primitive function of a number. */
  public Expr apply(UnaryFunction f, Expr x) {
    return expr(new Node.Unary(f, own(x)));
  }

  /** A primitive function of two numbers. */
  public Expr apply(BinaryFunction f, Expr a, Expr b) {
    return expr(new Node.Binary(f, own(a), own(b)));
  }

  Expr fma(Expr a, Expr b, Expr c) {
    return expr(new Node.Fma(own(a), own(b), own(c)));
  }

  Expr round(DType to, Expr x) {
    return expr(new Node.Round(to, own(x)));
  }

  Condition compare(Comparison comparison, Expr a, Expr b) {
    return new Condition(this, nodes.add(new Node.Compare(comparison, own(a), own(b))));
  }

  Expr select(Condition test, Expr a, Expr b) {
    return expr(new Node.Select(own(test), own(a), own(b)));
  }

  /** A named function of some numbers. */
  public Expr apply(NamedFunction function, Expr... x) {
    if (x.length != function.arity()) {
      throw new IllegalArgumentException(
          function + ": expected " + function.arity() + " operands, got " + x.length);
    }
    return expr(new Node.Apply(function, Arrays.stream(x).map(this::own).toList()));
  }

  private Expr expr(Node node) {
    return expr(nodes.add(node));
  }

  Expr expr(int node) {
    return new Expr(this, node);
  }

  private int own(Expr x) {
    checkOwner(x.owner());
    return x.node();
  }

  private int own(Condition x) {
    checkOwner(x.owner());
    return x.node();
  }

  private void checkOwner(FormulaBuilder owner) {
    if (owner != this) {
      throw new IllegalArgumentException(
          "expressions of two formulas in one: read every input from the same builder");
    }
  }

  /** Adds an output with memory of its own, stored in this type. */
  public void output(Expr value, DType dtype) {
    outputs.add(new Output(own(value), dtype, Output.NEW));
  }

  /**
   * Overwrites an input of kind FULL.
   *
   * @param input its number
   */
  public void update(int input, Expr value) {
    if (checked(input).kind() != Kind.FULL) {
      throw new IllegalArgumentException(
          "input " + input + ", " + inputs.get(input) + ", cannot be overwritten: it is not full");
    }
    if (outputs.stream().anyMatch(o -> o.over() == input)) {
      throw new IllegalArgumentException("input " + input + " is overwritten twice");
    }
    outputs.add(new Output(own(value), inputs.get(input).dtype(), input));
  }

  /** Overwrites the input of kind FULL that {@code input} is. */
  public void update(Expr input, Expr value) {
    if (nodes.get(own(input)) instanceof Node.Read read) {
      update(read.input(), value);
    } else {
      throw new IllegalArgumentException("only an input can be overwritten");
    }
  }

  /**
   * Raises a number of an input of kind SINGLE to a value, if it is smaller, where a condition
   * holds for any element.
   *
   * @param value from 0 on, of constants and singles
   * @throws IllegalArgumentException when the formula is built and the value depends on more
   */
  public void flag(Condition test, Expr value, int input, int element) {
    addFlag(own(test), own(value), input, element);
  }

  /** Raises a number of an input of kind SINGLE to 1 where a condition holds for any element. */
  public void flag(Condition test, int input, int element) {
    flag(test, constant(1), input, element);
  }

  /**
   * Tells the first element for which a condition holds: raises a number of an input of kind SINGLE
   * to the number of elements from that one to the end, if it is smaller.
   */
  public void flagFirst(Condition test, int input, int element) {
    addFlag(own(test), Flag.REST, input, element);
  }

  private void addFlag(int test, int value, int input, int element) {
    Input target = checked(input);
    if (target.kind() != Kind.SINGLE || element < 0 || element >= target.length()) {
      throw new IllegalArgumentException(
          "flag " + element + " of input " + input + ", " + target + ": expected a single");
    }
    flags.add(new Flag(test, value, input, element));
  }

  /**
   * Lets a run write nothing where a condition on singles and constants holds at its start.
   *
   * @throws IllegalArgumentException when the formula is built and the condition depends on more
   */
  public void skipIf(Condition test) {
    skip = own(test);
  }

  /** How the elements of an inlined formula's inputs are read. */
  @FunctionalInterface
  public interface Reader {
    /** The element; {@code element} is which number of a SINGLE. */
    Expr read(int input, int element);
  }

  /**
   * Puts the nodes of another formula here, its reads replaced: what fusing two formulas is. Where
   * the other one reads a clock, this one's inputs are taken by {@code clock}.
   *
   * @param clock for the number of a clock in the other formula, its number here
   * @return the values of its outputs
   */
  public List<Expr> inline(Formula other, Reader reader, IntUnaryOperator clock) {
    int[] to = copy(other, reader, clock, false);
    return other.outputs().stream().map(o -> expr(to[o.node()])).toList();
  }

  private int[] copy(Formula other, Reader reader, IntUnaryOperator clock, boolean expanding) {
    int[] to = new int[other.nodes().size()];
    for (int i = 0; i < to.length; i++) {
      to[i] =
          switch (other.nodes().get(i)) {
            case Node.Read read -> own(reader.read(read.input(), read.element()));
            case Node.Uniform u -> uniform(clock.applyAsInt(u.clock()), u.stream()).node();
            case Node.Apply apply when expanding -> {
              List<Expr> x = apply.arguments().stream().map(a -> expr(to[a])).toList();
              yield value(apply.function(), x);
            }
            case Node node -> nodes.add(node.with(o -> to[o]));
          };
    }
    return to;
  }

  private int value(NamedFunction function, List<Expr> x) {
    Formula value = function.value();
    int[] to = copy(value, (input, _) -> x.get(input), c -> c, true);
    return to[value.outputs().getFirst().node()];
  }

  /** Makes this formula, which has the same inputs, the other one without named functions. */
  void expand(Formula other) {
    int[] to = copy(other, this::read, c -> c, true);
    other.outputs().forEach(o -> outputs.add(new Output(to[o.node()], o.dtype(), o.over())));
    other.flags().forEach(f -> flags.add(f.to(o -> to[o])));
    skip = other.skip() == Formula.NEVER ? Formula.NEVER : to[other.skip()];
  }

  /** The nodes so far, for differentiation. */
  Simplifier nodes() {
    return nodes;
  }

  /**
   * The formula.
   *
   * @throws IllegalArgumentException if it has no output, reads a number that it flags, or the
   *     condition to skip or a flag's value depends on more than singles and constants
   */
  public Formula build() {
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("a formula without an output");
    }
    boolean[] live = nodes.needed(outputs, flags, skip);
    int[] to = new int[live.length];
    List<Node> kept = new ArrayList<>();
    for (int i = 0; i < live.length; i++) {
      if (live[i]) {
        to[i] = kept.size();
        kept.add(nodes.get(i).with(o -> to[o]));
      }
    }
    Formula formula =
        new Formula(
            kept,
            inputs,
            outputs.stream().map(o -> new Output(to[o.node()], o.dtype(), o.over())).toList(),
            flags.stream().map(f -> f.to(o -> to[o])).toList(),
            skip == Formula.NEVER ? Formula.NEVER : to[skip]);
    if (skip != Formula.NEVER && !formula.uniform()[formula.skip()]) {
      throw new IllegalArgumentException(
          "the condition to skip a run must depend on singles and constants only");
    }
    boolean[] uniform = formula.uniform();
    for (Flag flag : formula.flags()) {
      if (!flag.isRest() && !uniform[flag.value()]) {
        throw new IllegalArgumentException(
            "the value of flag "
                + flag.element()
                + " of input "
                + flag.input()
                + " must depend on singles and constants only");
      }
      if (formula.nodes().contains(new Node.Read(flag.input(), flag.element()))) {
        throw new IllegalArgumentException(
            "number " + flag.element() + " of input " + flag.input() + " is both read and flagged");
      }
    }
    return formula;
  }
}
