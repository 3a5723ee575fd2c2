package dev.lamina.formula;

import dev.lamina.type.DType;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * An instruction of a formula in static single assignment. Operands are the numbers of earlier
 * nodes. A node is a number or, where it says so, a condition.
 */
public sealed interface Node {
  /**
   * An element of an input.
   *
   * @param element which number of a SINGLE; 0 for every other kind
   */
  record Read(int input, int element) implements Node {}

  /** A constant, rounded to the compute type where it meets an element. */
  record Constant(double value) implements Node {}

  /** Where the element is: i, j or i n + j, rounded to the compute type. */
  record Position(Axis axis) implements Node {}

  /** What a {@link Position} counts. */
  enum Axis {
    /** The row i. */
    ROW,
    /** The column j. */
    COLUMN,
    /** All elements in row-major order, i n + j. */
    ELEMENT
  }

  /** A condition: whether i n + j &lt; end, for any size of the matrix. */
  record Before(long end) implements Node {}

  /**
   * A random number from 0 to below 1, a multiple of 2<sup>−24</sup>: (w &gt;&gt;&gt; 8) ·
   * 2<sup>−24</sup>, w being word e mod 4 of Philox 4x32-10 for the element e = i n + j with the
   * key (seed low, seed high) and the counter (⌊e/4⌋ low, ⌊e/4⌋ high, stream, step).
   *
   * @param clock the input, INT32 of kind SINGLE, that starts with step, seed low and seed high
   * @param stream which sequence of random numbers
   * @see dev.lamina.random.Philox
   */
  record Uniform(int clock, int stream) implements Node {}

  /** f(x). */
  record Unary(UnaryFunction function, int x) implements Node {}

  /** f(a, b). */
  record Binary(BinaryFunction function, int a, int b) implements Node {}

  /** a · b + c, rounded once. */
  record Fma(int a, int b, int c) implements Node {}

  /** A condition on two numbers. */
  record Compare(Comparison comparison, int a, int b) implements Node {}

  /** a where a condition holds, b elsewhere. */
  record Select(int test, int a, int b) implements Node {}

  /**
   * x as it would be after being stored in a type and read again: what fusing two formulas puts
   * where the first one stored. Integers are truncated towards zero and saturate, NaN becomes 0.
   */
  record Round(DType to, int x) implements Node {}

  /** A named function of some numbers. */
  record Apply(NamedFunction function, List<Integer> arguments) implements Node {
    /** Copies the list. */
    public Apply {
      arguments = List.copyOf(arguments);
    }
  }

  /** The numbers of the nodes that it takes. */
  default int[] operands() {
    return switch (this) {
      case Read _, Constant _, Position _, Before _, Uniform _ -> new int[0];
      case Unary n -> new int[] {n.x};
      case Binary n -> new int[] {n.a, n.b};
      case Fma n -> new int[] {n.a, n.b, n.c};
      case Compare n -> new int[] {n.a, n.b};
      case Select n -> new int[] {n.test, n.a, n.b};
      case Round n -> new int[] {n.x};
      case Apply n -> n.arguments.stream().mapToInt(Integer::intValue).toArray();
    };
  }

  /** The same node with other operands. */
  default Node with(IntUnaryOperator to) {
    return switch (this) {
      case Read _, Constant _, Position _, Before _, Uniform _ -> this;
      case Unary n -> new Unary(n.function, to.applyAsInt(n.x));
      case Binary n -> new Binary(n.function, to.applyAsInt(n.a), to.applyAsInt(n.b));
      case Fma n -> new Fma(to.applyAsInt(n.a), to.applyAsInt(n.b), to.applyAsInt(n.c));
      case Compare n -> new Compare(n.comparison, to.applyAsInt(n.a), to.applyAsInt(n.b));
      case Select n -> new Select(to.applyAsInt(n.test), to.applyAsInt(n.a), to.applyAsInt(n.b));
      case Round n -> new Round(n.to, to.applyAsInt(n.x));
      case Apply n ->
          new Apply(n.function, n.arguments.stream().map(a -> to.applyAsInt(a)).toList());
    };
  }

  /** Whether it is a condition and not a number. */
  default boolean isCondition() {
    return this instanceof Compare || this instanceof Before;
  }
}
