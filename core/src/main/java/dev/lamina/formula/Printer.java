package dev.lamina.formula;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Formulas as text. */
final class Printer {
  private final Formula formula;
  private final String[] names;
  private final StringBuilder text = new StringBuilder();

  private Printer(Formula formula) {
    this.formula = formula;
    names = new String[formula.nodes().size()];
  }

  static String print(Formula formula) {
    StringBuilder text = new StringBuilder(new Printer(formula).body());
    Set<NamedFunction> functions = new LinkedHashSet<>();
    collect(formula, functions);
    for (NamedFunction function : functions) {
      text.append("\nwhere ").append(function).append(new Printer(function.value()).body());
    }
    return text.toString();
  }

  private static void collect(Formula formula, Set<NamedFunction> functions) {
    for (Node node : formula.nodes()) {
      if (node instanceof Node.Apply apply && functions.add(apply.function())) {
        collect(apply.function().value(), functions);
      }
    }
  }

  private String body() {
    text.append(
        IntStream.range(0, formula.inputs().size())
            .mapToObj(i -> "x" + i + ": " + formula.inputs().get(i))
            .collect(Collectors.joining(", ", "(", ")")));
    int made = 0;
    for (int i = 0; i < names.length; i++) {
      String value = value(formula.nodes().get(i));
      if (isLeaf(formula.nodes().get(i))) {
        names[i] = value;
      } else {
        names[i] = "t" + made++;
        text.append("\n  ").append(names[i]).append(" = ").append(value);
      }
    }
    if (formula.skip() != Formula.NEVER) {
      text.append("\n  unless ").append(names[formula.skip()]);
    }
    for (Output o : formula.outputs()) {
      text.append("\n  -> ").append(o.isNew() ? o.dtype().toString() : "x" + o.over());
      text.append(' ').append(names[o.node()]);
    }
    for (Flag f : formula.flags()) {
      text.append("\n  flag x").append(f.input()).append('[').append(f.element()).append("] ");
      text.append(f.isRest() ? "rest" : names[f.value()]).append(" if ").append(names[f.test()]);
    }
    return text.toString();
  }

  private static boolean isLeaf(Node node) {
    return node.operands().length == 0;
  }

  private String value(Node node) {
    return switch (node) {
      case Node.Read n ->
          "x" + n.input() + (formula.inputs().get(n.input()).length() == 1 ? "" : element(n));
      case Node.Constant n -> Double.toString(n.value());
      case Node.Position n -> n.axis().name().toLowerCase(Locale.ROOT);
      case Node.Before n -> "(element < " + n.end() + ")";
      case Node.Uniform n -> "uniform(x" + n.clock() + ", " + n.stream() + ")";
      case Node.Unary n -> call(n.function(), List.of(n.x()));
      case Node.Binary n ->
          n.function().isOperator()
              ? names[n.a()] + " " + n.function() + " " + names[n.b()]
              : call(n.function(), List.of(n.a(), n.b()));
      case Node.Fma n -> call("fma", List.of(n.a(), n.b(), n.c()));
      case Node.Compare n -> names[n.a()] + " " + n.comparison() + " " + names[n.b()];
      case Node.Select n -> names[n.test()] + " ? " + names[n.a()] + " : " + names[n.b()];
      case Node.Round n -> call(n.to(), List.of(n.x()));
      case Node.Apply n -> call(n.function(), n.arguments());
    };
  }

  private static String element(Node.Read read) {
    return "[" + read.element() + "]";
  }

  private String call(Object function, List<Integer> operands) {
    List<String> values = new ArrayList<>();
    operands.forEach(o -> values.add(names[o]));
    return function + "(" + String.join(", ", values) + ")";
  }
}
