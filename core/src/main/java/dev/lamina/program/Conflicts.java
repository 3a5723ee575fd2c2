package dev.lamina.program;

import dev.lamina.graph.Node;
import dev.lamina.graph.Placement;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.List;

/** Which nodes must stay in their order. */
final class Conflicts {
  private Conflicts() {}

  /** Whether one of both writes what the other reads or writes. */
  static boolean between(Node node, Node other) {
    return between(node.inputs(), writes(node), other);
  }

  /** Whether a node writes some of these values, or reads what is written. */
  static boolean between(List<Value> reads, List<Value> writes, Node other) {
    List<Value> otherWrites = writes(other);
    return overlap(writes, otherWrites)
        || overlap(writes, other.inputs())
        || overlap(reads, otherWrites);
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
