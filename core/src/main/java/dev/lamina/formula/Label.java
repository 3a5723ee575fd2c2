package dev.lamina.formula;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Short names of formulas. */
final class Label {
  /** Longer formulas have no name of their own. */
  private static final int LONGEST = 3;

  private Label() {}

  static String of(Formula formula) {
    List<String> names = new ArrayList<>();
    for (Node node : formula.nodes()) {
      String name = name(node);
      if (name != null) {
        names.add(name);
      }
    }
    if (names.size() > LONGEST) {
      return "map";
    }
    return names.isEmpty() ? moved(formula) : String.join("+", names);
  }

  private static String name(Node node) {
    return switch (node) {
      case Node.Read _, Node.Constant _, Node.Round _ -> null;
      case Node.Position _ -> "position";
      case Node.Before _ -> "before";
      case Node.Uniform _ -> "uniform";
      case Node.Unary n -> n.function().toString();
      case Node.Binary n -> n.function().name().toLowerCase(Locale.ROOT);
      case Node.Fma _ -> "fma";
      case Node.Compare n -> n.comparison().name().toLowerCase(Locale.ROOT).replace('_', '-');
      case Node.Select _ -> "select";
      case Node.Apply n -> n.function().name();
    };
  }

  /** Of a formula that computes nothing. */
  private static String moved(Formula formula) {
    if (formula.inputs().isEmpty() || formula.outputs().isEmpty()) {
      return "fill";
    }
    Input input = formula.inputs().getFirst();
    if (input.kind() != Kind.FULL) {
      return "broadcast";
    }
    return input.dtype() == formula.outputs().getFirst().dtype() ? "copy" : "cast";
  }
}
