package dev.lamina.suite;

import dev.lamina.type.TensorType;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Counts what ran on one variant. */
final class Tally {
  private final Set<String> operations = new HashSet<>();
  private final Set<String> types = new HashSet<>();
  private final Set<List<TensorType>> shapes = new HashSet<>();
  private final Map<String, Integer> skipped = new TreeMap<>();
  private int ran;
  private int failed;

  void ran(OpCase opCase, boolean right) {
    operations.add(opCase.op().getClass().getSimpleName());
    types.add(opCase.dtype().name());
    shapes.add(opCase.types());
    ran++;
    failed += right ? 0 : 1;
  }

  void skipped(String reason) {
    skipped.merge(reason, 1, Integer::sum);
  }

  int count() {
    return ran + skipped.values().stream().mapToInt(Integer::intValue).sum();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(operations.size())
        .append(" operations x ")
        .append(types.size())
        .append(" types x ")
        .append(shapes.size())
        .append(" combinations of shapes: ")
        .append(ran)
        .append(" cases ran, ")
        .append(failed)
        .append(" failed");
    skipped.forEach((reason, count) ->
        text.append(", ").append(count).append(" skipped (").append(reason).append(')'));
    return text.toString();
  }
}
