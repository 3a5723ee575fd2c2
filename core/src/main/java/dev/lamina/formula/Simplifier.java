package dev.lamina.formula;

import static dev.lamina.formula.BinaryFunction.ADD;
import static dev.lamina.formula.BinaryFunction.DIVIDE;
import static dev.lamina.formula.BinaryFunction.MULTIPLY;
import static dev.lamina.formula.BinaryFunction.POWER;
import static dev.lamina.formula.BinaryFunction.SUBTRACT;
import static dev.lamina.formula.UnaryFunction.ABS;
import static dev.lamina.formula.UnaryFunction.NEGATE;

import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A growing list of nodes in which no two are equal, and which simplifies what is added. Every rule
 * is exact for all numbers, NaN, infinities and both zeros included.
 */
final class Simplifier {
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Node, Integer> numbers = new HashMap<>();

  Node get(int i) {
    return nodes.get(i);
  }

  int size() {
    return nodes.size();
  }

  int constant(double value) {
    return number(new Node.Constant(value));
  }

  private int number(Node node) {
    Integer old = numbers.putIfAbsent(node, nodes.size());
    if (old != null) {
      return old;
    }
    nodes.add(node);
    return nodes.size() - 1;
  }

  /** Adds a node, or finds a simpler one or the equal one that is there. */
  int add(Node node) {
    return switch (node) {
      case Node.Unary(UnaryFunction f, int x) -> unary(f, x);
      case Node.Binary(BinaryFunction f, int a, int b) -> binary(f, a, b);
      case Node.Fma(int a, int b, int c) -> fma(a, b, c);
      case Node.Compare(Comparison c, int a, int b) -> compare(c, a, b);
      case Node.Select(int test, int a, int b) -> select(test, a, b);
      case Node.Round(DType to, int x) ->
          nodes.get(x) instanceof Node.Round inner && inner.to() == to ? x : number(node);
      default -> number(node);
    };
  }

  private boolean isConstant(int i) {
    return nodes.get(i) instanceof Node.Constant;
  }

  private double value(int i) {
    return ((Node.Constant) nodes.get(i)).value();
  }

  /** Whether it is this constant; 0 and −0 differ. */
  private boolean is(int i, double value) {
    return nodes.get(i) instanceof Node.Constant c && Double.compare(c.value(), value) == 0;
  }

  private int unary(UnaryFunction f, int x) {
    if (isConstant(x)) {
      return constant(f.value(value(x)));
    }
    if (nodes.get(x) instanceof Node.Unary(UnaryFunction g, int y)) {
      if (f == NEGATE && g == NEGATE) {
        return y;
      }
      if (f == ABS && (g == ABS || g == NEGATE)) {
        return unary(ABS, y);
      }
    }
    return number(new Node.Unary(f, x));
  }

  /** The operand of a negation, or −1. */
  private int negated(int i) {
    return nodes.get(i) instanceof Node.Unary(UnaryFunction f, int x) && f == NEGATE ? x : -1;
  }

  private int binary(BinaryFunction f, int a, int b) {
    if (isConstant(a) && isConstant(b)) {
      return constant(f.value(value(a), value(b)));
    }
    int simple =
        switch (f) {
          case ADD -> sum(a, b);
          case SUBTRACT -> difference(a, b);
          case MULTIPLY -> product(a, b);
          case DIVIDE -> quotient(a, b);
          case MINIMUM, MAXIMUM -> a == b ? a : -1;
          case POWER -> power(a, b);
        };
    if (simple >= 0) {
      return simple;
    }
    boolean exchange = f.isCommutative() && a > b;
    return number(new Node.Binary(f, exchange ? b : a, exchange ? a : b));
  }

  private int sum(int a, int b) {
    if (is(a, -0.0)) {
      return b;
    }
    if (is(b, -0.0)) {
      return a;
    }
    if (negated(b) >= 0) {
      return binary(SUBTRACT, a, negated(b));
    }
    return negated(a) >= 0 ? binary(SUBTRACT, b, negated(a)) : -1;
  }

  private int difference(int a, int b) {
    if (is(b, 0.0)) {
      return a;
    }
    if (is(a, -0.0)) {
      return unary(NEGATE, b);
    }
    return negated(b) >= 0 ? binary(ADD, a, negated(b)) : -1;
  }

  private int product(int a, int b) {
    if (is(a, 1)) {
      return b;
    }
    if (is(b, 1)) {
      return a;
    }
    if (is(a, -1)) {
      return unary(NEGATE, b);
    }
    if (is(b, -1)) {
      return unary(NEGATE, a);
    }
    return negated(a) >= 0 && negated(b) >= 0 ? binary(MULTIPLY, negated(a), negated(b)) : -1;
  }

  private int quotient(int a, int b) {
    if (isConstant(b) && isPowerOfTwo(value(b))) {
      return binary(MULTIPLY, a, constant(1 / value(b)));
    }
    return -1;
  }

  /** Whether it and its reciprocal are normal powers of two in every compute type. */
  private static boolean isPowerOfTwo(double value) {
    return Math.abs(Math.getExponent(value)) < 126
        && Math.abs(value) == Math.scalb(1.0, Math.getExponent(value));
  }

  private int power(int a, int b) {
    if (is(b, 1)) {
      return a;
    }
    if (is(b, 2)) {
      return binary(MULTIPLY, a, a);
    }
    if (is(b, -1)) {
      return binary(DIVIDE, constant(1), a);
    }
    return is(b, 0) || is(b, -0.0) ? constant(1) : -1;
  }

  private int fma(int a, int b, int c) {
    if (isConstant(a) && isConstant(b) && isConstant(c)) {
      return constant(Math.fma(value(a), value(b), value(c)));
    }
    if (is(a, 1) || is(b, 1)) {
      return binary(ADD, is(a, 1) ? b : a, c);
    }
    if (is(a, -1) || is(b, -1)) {
      return binary(SUBTRACT, c, is(a, -1) ? b : a);
    }
    if (is(c, -0.0)) {
      return binary(MULTIPLY, a, b);
    }
    return number(new Node.Fma(Math.min(a, b), Math.max(a, b), c));
  }

  private int compare(Comparison c, int a, int b) {
    boolean exchange = (c == Comparison.EQUAL || c == Comparison.NOT_EQUAL) && a > b;
    return number(new Node.Compare(c, exchange ? b : a, exchange ? a : b));
  }

  private int select(int test, int a, int b) {
    if (a == b) {
      return a;
    }
    if (nodes.get(test) instanceof Node.Compare(Comparison c, int x, int y)
        && isConstant(x)
        && isConstant(y)) {
      return c.test(value(x), value(y)) ? a : b;
    }
    return number(new Node.Select(test, a, b));
  }

  /** Which nodes the outputs, the flags and the condition to skip need. */
  boolean[] needed(List<Output> outputs, List<Flag> flags, int skip) {
    boolean[] needed = new boolean[nodes.size()];
    outputs.forEach(o -> needed[o.node()] = true);
    for (Flag flag : flags) {
      needed[flag.test()] = true;
      if (!flag.isRest()) {
        needed[flag.value()] = true;
      }
    }
    if (skip != Formula.NEVER) {
      needed[skip] = true;
    }
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (needed[i]) {
        for (int operand : nodes.get(i).operands()) {
          needed[operand] = true;
        }
      }
    }
    return needed;
  }
}
