package dev.lamina.benchmarks.model;

import dev.lamina.cuda.Timeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Modelled steps for people. */
final class ModelTable {
  private static final double MICRO = 1e6;
  private static final double MEGA = 1e-6;

  private ModelTable() {}

  /** One row for each step, as Markdown; the keys are what the user calls them. */
  static String summary(Map<String, StepModel> steps) {
    StringBuilder text = new StringBuilder();
    text.append(
        "| | layers:batch | nodes | products | chain | products in it | moved, MB | slab, MB");
    text.append(" | one step, µs | step of several, µs | shared, µs |\n");
    text.append("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    steps.forEach((name, step) -> text.append(row(name, step)));
    return text.toString();
  }

  private static String row(String name, StepModel step) {
    Timeline once = step.once();
    List<Integer> chain = once.chain();
    return String.format(
        Locale.ROOT,
        "| %s | %s | %d | %d | %d | %d | %.1f | %.1f | %.1f | %.1f | %.1f |%n",
        name.equals(step.problem().toString()) ? "" : name,
        step.problem(),
        once.count(),
        once.products(),
        chain.size(),
        chain.stream().filter(i -> once.nodes().get(i).product()).count(),
        once.bytes() * MEGA,
        step.slabBytes() * MEGA,
        once.seconds() * MICRO,
        step.several().seconds() / step.repeats() * MICRO,
        step.shared().seconds() / step.repeats() * MICRO);
  }

  /** Every node of one step in the order of their starts; those of the chain have a star. */
  static String nodes(Timeline timeline) {
    StringBuilder text = new StringBuilder();
    Set<Integer> chain = new HashSet<>(timeline.chain());
    text.append(
        String.format(
            Locale.ROOT,
            "   %4s %9s %9s %10s  %s%n",
            "lane",
            "start, µs",
            "end, µs",
            "MB",
            "node"));
    List<Timeline.Entry> nodes = timeline.nodes();
    List<Integer> order = new ArrayList<>(IntStream.range(0, nodes.size()).boxed().toList());
    order.sort(Comparator.comparingDouble(i -> nodes.get(i).start()));
    for (int i : order) {
      Timeline.Entry node = nodes.get(i);
      text.append(
          String.format(
              Locale.ROOT,
              " %s %4d %9.1f %9.1f %10.3f  %s%n",
              chain.contains(i) ? "*" : " ",
              node.lane(),
              node.start() * MICRO,
              node.end() * MICRO,
              node.bytes() * MEGA,
              node.name()));
    }
    return text.toString();
  }
}
