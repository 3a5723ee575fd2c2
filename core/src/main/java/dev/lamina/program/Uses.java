package dev.lamina.program;

import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which nodes take each value. */
final class Uses {
  private final Map<Value, List<Node>> takers = new HashMap<>();
  private final Set<Value> kept;

  Uses(List<Node> nodes, Set<Value> kept) {
    this.kept = kept;
    for (Node node : nodes) {
      for (Value input : node.inputs()) {
        takers.computeIfAbsent(input, v -> new ArrayList<>()).add(node);
      }
    }
  }

  List<Node> of(Value value) {
    return takers.getOrDefault(value, List.of());
  }

  /** Whether this node's use of the value is the only reason for it to exist. */
  boolean onlyBy(Node node, Value value) {
    return !kept.contains(value)
        && value.placement() == null
        && of(value).size() == 1
        && of(value).getFirst() == node;
  }
}
