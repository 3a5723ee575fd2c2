package dev.lamina.program;

import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Drops the nodes whose results nobody asks for. */
final class Liveness {
  private Liveness() {}

  /** The nodes that update something, or whose outputs are kept, placed or taken by such nodes. */
  static List<Node> liveNodes(List<Node> nodes, Set<Value> kept) {
    Set<Value> needed = new HashSet<>(kept);
    List<Node> live = new ArrayList<>();
    for (Node node : nodes.reversed()) {
      boolean effect = !node.op().updates().isEmpty();
      for (Value output : node.outputs()) {
        effect |= needed.contains(output) || output.placement() != null;
      }
      if (effect) {
        live.add(node);
        needed.addAll(node.inputs());
      }
    }
    return live.reversed();
  }
}
