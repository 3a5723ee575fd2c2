package dev.lamina.program;

import dev.lamina.graph.Node;
import dev.lamina.graph.Placement;
import dev.lamina.graph.Value;
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
        while (place > 0 && !mustFollow(node, result.get(place - 1))) {
          place--;
        }
      }
      result.add(place, node);
    }
    return result;
  }

  /** Whether one of both writes what the other reads or writes. */
  private static boolean mustFollow(Node node, Node earlier) {
    List<Value> writes = writes(node);
    List<Value> earlierWrites = writes(earlier);
    return overlap(writes, earlierWrites)
        || overlap(writes, earlier.inputs())
        || overlap(node.inputs(), earlierWrites);
  }

  private static List<Value> writes(Node node) {
    List<Value> writes = new ArrayList<>(node.outputs());
    node.op().updates().forEach(i -> writes.add(node.inputs().get(i)));
    return writes;
  }

  private static boolean overlap(List<Value> some, List<Value> others) {
    return some.stream().anyMatch(a -> others.stream().anyMatch(b -> overlap(a, b)));
  }

  private static boolean overlap(Value a, Value b) {
    Placement p = a.placement();
    Placement q = b.placement();
    if (p == null || q == null || p.variable() != q.variable()) {
      return a == b;
    }
    return p.offset() < q.offset() + b.type().size() && q.offset() < p.offset() + a.type().size();
  }
}
