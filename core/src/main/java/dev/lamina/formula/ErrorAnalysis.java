package dev.lamina.formula;

import dev.lamina.type.DType;

/**
 * Running error analysis of a formula at one element: which results any implementation may give
 * that computes every function to within its {@link UnaryFunction#ulps}, in the compute type or
 * more precisely. Ranges are followed through the formula, so comparisons that rounding may turn
 * over allow both results.
 */
public final class ErrorAnalysis {
  private final Formula formula;
  private final boolean[] uniform;
  private final DType type;
  private final Range[] ranges;

  private ErrorAnalysis(Formula formula) {
    this.formula = formula;
    uniform = formula.uniform();
    type = formula.computeType();
    ranges = new Range[uniform.length];
  }

  /** Analyses a formula for exact inputs. */
  public static ErrorAnalysis of(Formula formula, Element element) {
    ErrorAnalysis analysis = new ErrorAnalysis(formula.expanded());
    for (int i = 0; i < analysis.ranges.length; i++) {
      analysis.ranges[i] = analysis.range(i, element);
    }
    return analysis;
  }

  /** What an output may be when it has been stored. */
  public Range output(int i) {
    Output output = formula.outputs().get(i);
    return taken(output.node()).stored(output.dtype());
  }

  /** Whether the element may raise a flag: 0, 1 or both. */
  public Range flag(int i) {
    return ranges[formula.flags().get(i).test()];
  }

  /** A node's range where an element takes it. */
  private Range taken(int node) {
    return uniform[node] ? rounded(ranges[node]) : ranges[node];
  }

  /** A number that may or may not be rounded to the compute type before it is used. */
  private Range rounded(Range x) {
    boolean holds = type == DType.FP64 || x.isPoint() && (float) x.low() == x.low();
    return holds ? x : x.computed(type, 0.5, Float.MIN_VALUE);
  }

  private Range range(int i, Element element) {
    Node node = formula.nodes().get(i);
    DType precision = uniform[i] ? DType.FP64 : type;
    double tiny = precision == DType.FP32 ? Float.MIN_VALUE : Double.MIN_VALUE;
    return switch (node) {
      case Node.Read n -> {
        Range read = Range.of(element.inputs()[n.input()][n.element()]);
        yield uniform[i] ? read : rounded(read);
      }
      case Node.Constant n -> Range.of(n.value());
      case Node.Position n -> rounded(Range.of(element.position(n.axis())));
      case Node.Before n -> Range.of(element.index() < n.end() ? 1 : 0);
      case Node.Uniform n -> Range.of(element.uniform(n));
      case Node.Unary n -> {
        boolean function = n.function().ulps() > 0.5;
        double floor = precision == DType.FP32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
        yield Range.apply(n.function(), operand(i, n.x()))
            .computed(precision, n.function().ulps(), function ? floor : tiny);
      }
      case Node.Binary n ->
          Range.apply(n.function(), operand(i, n.a()), operand(i, n.b()))
              .computed(precision, n.function().ulps(), tiny);
      case Node.Fma n ->
          Range.fma(operand(i, n.a()), operand(i, n.b()), operand(i, n.c()))
              .computed(precision, 0.5, tiny);
      case Node.Compare n -> Range.compare(n.comparison(), operand(i, n.a()), operand(i, n.b()));
      case Node.Select n -> Range.select(ranges[n.test()], operand(i, n.a()), operand(i, n.b()));
      case Node.Round n -> operand(i, n.x()).stored(n.to());
      case Node.Apply n -> throw new AssertionError(n); // expanded
    };
  }

  /** An operand of a node: rounded where a number that is the same for all meets an element. */
  private Range operand(int node, int operand) {
    return uniform[node] ? ranges[operand] : taken(operand);
  }
}
