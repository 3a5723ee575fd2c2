package dev.lamina.program;

import dev.lamina.graph.Node;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves updates up to right behind the last node that they must follow: a layer's optimizer step
 * runs beside the backward pass of the layers below it, and finds the gradients still in a cache.
 * What each node computes stays the same.
 */
final class Hoisting {
  private Hoisting() {}

  static List<Node> hoist(List<Node> nodes) {
    List<Node> result = new ArrayList<>(nodes.size());
    for (Node node : nodes) {
      int place = result.size();
      if (node.outputs().isEmpty()) {
        while (place > 0 && !Conflicts.between(node, result.get(place - 1))) {
          place--;
        }
      }
      result.add(place, node);
    }
    return result;
  }
}
