package dev.lamina.program;

import dev.lamina.backend.KernelMemory;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A plan as a table for people. */
final class ProgramTable {
  private static final String ROW = "%4s  %-12s %-34s %-52s %-34s %10s %10s %12s%n";
  private final ProgramPlan plan;

  ProgramTable(ProgramPlan plan) {
    this.plan = plan;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT, "program %s on %s%n", plan.name(), plan.backend().device().id()));
    out.append(row("#", "part", "operation", "takes", "makes", "FLOPs", "bytes", "at"));
    int number = 0;
    for (Node node : plan.nodes()) {
      out.append(
          row(
              Integer.toString(++number),
              node.scope(),
              node.op().label(),
              types(node.inputs()),
              types(node.outputs()),
              amount(ProgramPlan.flops(node), ""),
              amount(ProgramPlan.bytes(node), "B"),
              places(node)));
    }
    out.append(
        String.format(
            Locale.ROOT,
            "total: %d operations, %s, %s moved%n",
            plan.nodes().size(),
            amount(plan.flops(), "FLOP"),
            amount(plan.bytesMoved(), "B")));
    for (Variable variable : plan.variables()) {
      out.append(
          String.format(
              Locale.ROOT,
              "  variable %-20s %-24s %s%n",
              variable.name(),
              variable.type(),
              amount(variable.type().bytes(), "B")));
    }
    out.append(
        String.format(
            Locale.ROOT,
            "peak memory: %s = variables %s + slab %s%n",
            amount(plan.peakBytes(), "B"),
            amount(plan.variableBytes(), "B"),
            amount(plan.slabBytes(), "B")));
    KernelMemory kernels = plan.kernelMemory();
    if (kernels.peak() > 0) {
      out.append(
          String.format(
              Locale.ROOT,
              "kernels' memory: %s; where it is free %s more, and %s while they are measured%n",
              amount(kernels.needed(), "B"),
              amount(kernels.wanted(), "B"),
              amount(kernels.passing(), "B")));
    }
    return out.toString();
  }

  private static String row(Object... cells) {
    return String.format(Locale.ROOT, ROW, cells);
  }

  private String places(Node node) {
    List<String> places = new ArrayList<>();
    for (Value output : node.outputs()) {
      places.add(
          output.placement() != null
              ? output.placement().variable().name()
              : Long.toString(plan.offset(output)));
    }
    for (int updated : node.op().updates()) {
      places.add("=" + node.inputs().get(updated).placement().variable().name());
    }
    return String.join(",", places);
  }

  private static String types(List<Value> values) {
    return values.stream().map(v -> v.type().toString()).collect(Collectors.joining(" "));
  }

  /** For example {@code 1.25 GFLOP}: decimal prefixes. */
  static String amount(double value, String unit) {
    String[] prefixes = {"", "k", "M", "G", "T", "P"};
    int p = 0;
    while (value >= 999.5 && p < prefixes.length - 1) {
      value /= 1000;
      p++;
    }
    String number =
        p == 0 ? Long.toString((long) value) : String.format(Locale.ROOT, "%.3g", value);
    return number + (prefixes[p] + unit).transform(u -> u.isEmpty() ? "" : " " + u);
  }
}
