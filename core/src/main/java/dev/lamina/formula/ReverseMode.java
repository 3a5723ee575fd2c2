package dev.lamina.formula;

import java.util.ArrayList;
import java.util.List;

/** Reverse-mode differentiation of one formula into a builder. */
final class ReverseMode {
  private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

  private final Formula formula;
  private final FormulaBuilder builder;
  private final int first;
  private final List<Integer> wanted;
  private final Expr[] values;
  private final Expr[] gradients;
  private final boolean[] active;

  /**
   * Prepares.
   *
   * @param first where the formula's inputs start among the builder's
   */
  ReverseMode(Formula formula, FormulaBuilder builder, int first, List<Integer> wanted) {
    this.formula = formula;
    this.builder = builder;
    this.first = first;
    this.wanted = wanted;
    int n = formula.nodes().size();
    values = new Expr[n];
    gradients = new Expr[n];
    active = new boolean[n];
  }

  /**
   * The gradient by each wanted input.
   *
   * @param output what stands for the output where the gradient needs it; null if it is to be
   *     computed
   */
  List<Expr> gradients(Expr seed, Expr output) {
    forward();
    int last = formula.outputs().getFirst().node();
    if (output != null && formula.nodes().get(last).operands().length > 0) {
      values[last] = output;
    }
    gradients[last] = seed;
    for (int i = values.length - 1; i >= 0; i--) {
      if (gradients[i] != null && active[i]) {
        pullBack(i, gradients[i]);
      }
    }
    List<Expr> result = new ArrayList<>();
    for (int input : wanted) {
      int read = formula.nodes().indexOf(new Node.Read(input, 0));
      Expr gradient = read < 0 ? null : gradients[read];
      result.add(gradient == null ? builder.constant(0) : gradient);
    }
    return result;
  }

  private void forward() {
    for (int i = 0; i < values.length; i++) {
      Node node = formula.nodes().get(i);
      Node moved =
          switch (node) {
            case Node.Read n -> new Node.Read(first + n.input(), n.element());
            case Node.Uniform n -> new Node.Uniform(first + n.clock(), n.stream());
            default -> node.with(o -> values[o].node());
          };
      values[i] = builder.expr(builder.nodes().add(moved));
      active[i] = node instanceof Node.Read n && wanted.contains(n.input());
      for (int operand : node.operands()) {
        active[i] |= active[operand] && !node.isCondition();
      }
    }
  }

  private void into(int node, Expr gradient) {
    if (active[node]) {
      gradients[node] = gradients[node] == null ? gradient : gradients[node].plus(gradient);
    }
  }

  private void pullBack(int i, Expr d) {
    switch (formula.nodes().get(i)) {
      case Node.Read _,
          Node.Constant _,
          Node.Position _,
          Node.Before _,
          Node.Uniform _,
          Node.Compare _ -> {}
      case Node.Unary n -> unary(n, values[n.x()], values[i], d);
      case Node.Binary n -> binary(n, values[n.a()], values[n.b()], values[i], d);
      case Node.Fma n -> {
        into(n.a(), d.times(values[n.b()]));
        into(n.b(), d.times(values[n.a()]));
        into(n.c(), d);
      }
      case Node.Select n -> {
        Condition test = new Condition(builder, values[n.test()].node());
        into(n.a(), test.select(d, 0));
        into(n.b(), test.select(0, d));
      }
      case Node.Round n -> {
        if (n.to().isFloating()) {
          into(n.x(), d);
        }
      }
      case Node.Apply n -> apply(n, values[i], d);
    }
  }

  private void unary(Node.Unary n, Expr x, Expr y, Expr d) {
    switch (n.function()) {
      case NEGATE -> into(n.x(), d.negate());
      case ABS -> into(n.x(), d.times(x.sign()));
      case SIGN, FLOOR -> {}
      case SQRT -> into(n.x(), d.dividedBy(y).times(0.5));
      case RSQRT -> into(n.x(), d.times(y.times(y.square()).times(-0.5)));
      case EXP -> into(n.x(), d.times(y));
      case EXPM1 -> into(n.x(), d.times(x.exp())); // y + 1 would cancel
      case LOG -> into(n.x(), d.dividedBy(x));
      case LOG1P -> into(n.x(), d.dividedBy(x.plus(1)));
      case TANH -> into(n.x(), d.times(builder.constant(1).minus(y.square())));
      case SIGMOID -> into(n.x(), d.times(y.times(builder.constant(1).minus(y))));
      case ERF -> into(n.x(), d.times(x.square().negate().exp().times(TWO_OVER_ROOT_PI)));
    }
  }

  private void binary(Node.Binary n, Expr a, Expr b, Expr y, Expr d) {
    switch (n.function()) {
      case ADD -> {
        into(n.a(), d);
        into(n.b(), d);
      }
      case SUBTRACT -> {
        into(n.a(), d);
        into(n.b(), d.negate());
      }
      case MULTIPLY -> {
        into(n.a(), d.times(b));
        into(n.b(), d.times(a));
      }
      case DIVIDE -> { // d(a/b) = da / b − (a/b) db / b
        Expr quotient = d.dividedBy(b);
        into(n.a(), quotient);
        into(n.b(), quotient.times(y).negate());
      }
      case MAXIMUM -> { // to a where a ≥ b, else to b
        into(n.a(), a.atLeast(b).select(d, 0));
        into(n.b(), a.atLeast(b).select(0, d));
      }
      case MINIMUM -> { // to b where a ≥ b, else to a
        into(n.a(), a.atLeast(b).select(0, d));
        into(n.b(), a.atLeast(b).select(d, 0));
      }
      case POWER -> {
        Expr slope = b.times(a.power(b.minus(1)));
        into(n.a(), b.equalTo(0).select(0, d.times(slope)));
        into(n.b(), a.equalTo(0).select(0, d.times(y.times(a.log()))));
      }
    }
  }

  private void apply(Node.Apply n, Expr y, Expr d) {
    for (int i = 0; i < n.arguments().size(); i++) {
      int argument = n.arguments().get(i);
      if (active[argument]) {
        List<Expr> operands = new ArrayList<>();
        operands.add(d);
        n.arguments().forEach(a -> operands.add(values[a]));
        operands.add(y);
        into(argument, inline(n.function().pullbacks().get(i), operands));
      }
    }
  }

  private Expr inline(Formula pullback, List<Expr> operands) {
    return builder.inline(pullback, (input, _) -> operands.get(input), c -> c).getFirst();
  }
}
