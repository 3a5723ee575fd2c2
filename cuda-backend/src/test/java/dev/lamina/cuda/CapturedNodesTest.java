package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Edges come from the order on lanes and from events. */
class CapturedNodesTest {
  private static Node node(String name) {
    return new Node(name, CostModel.H200.kernel(0, 1));
  }

  private static List<List<Integer>> edges(QueuePlan plan, List<List<Node>> nodes) {
    return CapturedNodes.of(plan, nodes).stream().map(CapturedNodes.Captured::after).toList();
  }

  @Test
  void lanesForkAndJoin() {
    QueuePlan plan =
        new QueuePlan(
            2,
            2,
            List.of(
                new QueuePlan.Action.Run(0, 0),
                new QueuePlan.Action.Signal(0, 0),
                new QueuePlan.Action.Await(1, 0),
                new QueuePlan.Action.Run(1, 1),
                new QueuePlan.Action.Run(0, 2),
                new QueuePlan.Action.Signal(1, 1),
                new QueuePlan.Action.Await(0, 1),
                new QueuePlan.Action.Run(0, 0)));
    List<List<Node>> nodes =
        List.of(List.of(node("a")), List.of(node("b"), node("c")), List.of(node("d")));
    // a, b, c, d, a
    assertEquals(
        List.of(List.of(), List.of(0), List.of(1), List.of(0), List.of(2, 3)), edges(plan, nodes));
  }

  @Test
  void anEventIsWhatItWasRecordedBehind() {
    QueuePlan plan =
        new QueuePlan(
            2,
            1,
            List.of(
                new QueuePlan.Action.Signal(0, 0), // nothing yet
                new QueuePlan.Action.Await(1, 0),
                new QueuePlan.Action.Run(0, 0),
                new QueuePlan.Action.Run(1, 0)));
    assertEquals(List.of(List.of(), List.of()), edges(plan, List.of(List.of(node("a")))));
  }
}
