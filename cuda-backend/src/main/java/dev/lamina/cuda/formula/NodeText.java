package dev.lamina.cuda.formula;

import dev.lamina.formula.Formula;
import dev.lamina.formula.Node;
import dev.lamina.type.DType;

/**
 * The nodes of a skeleton as C: {@code t5} is a number or condition of one element, {@code u5} of
 * all elements in double, {@code s5} that in the compute type, {@code c0} a parameter.
 */
final class NodeText {
  private final Formula formula;
  private final boolean[] uniform;

  NodeText(Formula formula, boolean[] uniform) {
    this.formula = formula;
    this.uniform = uniform;
  }

  /** The storage type's name in common.cuh. */
  static String type(DType dtype) {
    return switch (dtype) {
      case FP32 -> "float";
      case FP64 -> "double";
      case BF16 -> "bf16";
      case INT32 -> "int";
      case UINT8 -> "unsigned char";
    };
  }

  /** Whether a node asks for the row or the column. */
  boolean placed() {
    return formula.nodes().stream()
        .anyMatch(n -> n instanceof Node.Position p && p.axis() != Node.Axis.ELEMENT);
  }

  /** The name of the parameter of a number. */
  static String parameter(long number) {
    return "c" + number;
  }

  /** The name of a node that is the same for all elements, in double. */
  String number(int i) {
    return name(i, "u");
  }

  /** The name of a node where an element takes it. */
  String operand(int i) {
    return name(i, uniform[i] ? "s" : "t");
  }

  private String name(int i, String kind) {
    return formula.nodes().get(i) instanceof Node.Constant c
        ? parameter((long) c.value())
        : kind + i;
  }

  /** The statement that rounds a number to what elements compute with. */
  String rounded(int i, String number) {
    return formula.nodes().get(i).isCondition()
        ? "const bool s%d = %s != 0;".formatted(i, number)
        : "const real s%d = (real) %s;".formatted(i, number);
  }

  /** The statement of a node that is the same for all elements. */
  String uniform(int i) {
    Node node = formula.nodes().get(i);
    String value =
        node instanceof Node.Read n
            ? "Convert<double>::from(x%d[%d])".formatted(n.input(), n.element())
            : expression(node, "double", this::number);
    return "const %s u%d = %s;".formatted(node.isCondition() ? "bool" : "double", i, value);
  }

  /** The statement of a node of an element. */
  String element(int i) {
    Node node = formula.nodes().get(i);
    String value =
        switch (node) {
          case Node.Read n -> "Convert<real>::from(v%d)".formatted(n.input());
          case Node.Position(Node.Axis axis) ->
              switch (axis) {
                case ROW -> "(real) i";
                case COLUMN -> "(real) j";
                case ELEMENT -> "(real) e";
              };
          case Node.Before n -> "e < " + parameter(n.end());
          case Node.Uniform _ -> "(real) (w%d >> 8) * (real) 0x1p-24".formatted(i);
          default -> expression(node, "real", this::operand);
        };
    return "const %s t%d = %s;".formatted(node.isCondition() ? "bool" : "real", i, value);
  }

  /** How operands are named. */
  @FunctionalInterface
  private interface Names {
    String of(int node);
  }

  private static String expression(Node node, String type, Names names) {
    return switch (node) {
      case Node.Unary(var function, int x) ->
          switch (function) {
            case NEGATE -> "-" + names.of(x);
            case ABS, SIGN, FLOOR, SQRT, RSQRT, EXP, EXPM1, LOG, LOG1P, TANH, SIGMOID, ERF ->
                function + "_of(" + names.of(x) + ")";
          };
      case Node.Binary(var function, int a, int b) -> {
        String first = names.of(a);
        String second = names.of(b);
        yield switch (function) {
          case ADD, SUBTRACT, MULTIPLY, DIVIDE -> first + " " + function + " " + second;
          case MINIMUM, MAXIMUM, POWER -> function + "_of(" + first + ", " + second + ")";
        };
      }
      case Node.Fma(int a, int b, int c) ->
          "fma_of(%s, %s, %s)".formatted(names.of(a), names.of(b), names.of(c));
      case Node.Compare(var comparison, int a, int b) ->
          names.of(a) + " " + comparison + " " + names.of(b);
      case Node.Select(int test, int a, int b) ->
          "%s ? %s : %s".formatted(names.of(test), names.of(a), names.of(b));
      case Node.Round(DType to, int x) -> "round_to<%s>(%s)".formatted(type(to), names.of(x));
      case Node.Read _,
          Node.Constant _,
          Node.Position _,
          Node.Before _,
          Node.Uniform _,
          Node.Apply _ ->
          throw new AssertionError(type + " " + node);
    };
  }
}
