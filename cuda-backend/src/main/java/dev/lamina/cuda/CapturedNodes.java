package dev.lamina.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The nodes that a CUDA graph has when actions on lanes are captured, and their edges. */
final class CapturedNodes {
  /**
   * A node.
   *
   * @param call the position of its call
   * @param after positions of the nodes that end before it starts
   */
  record Captured(Node node, int call, int lane, List<Integer> after) {}

  private CapturedNodes() {}

  /**
   * Captures as CUDA does: what a lane is given follows what it was given last, and the events that
   * it was told to wait for since then.
   *
   * @param nodes what each call puts on its lane
   */
  static List<Captured> of(QueuePlan plan, List<List<Node>> nodes) {
    List<Captured> captured = new ArrayList<>();
    List<Set<Integer>> lanes = new ArrayList<>();
    for (int i = 0; i < plan.lanes(); i++) {
      lanes.add(new TreeSet<>());
    }
    List<Set<Integer>> events = new ArrayList<>();
    for (int i = 0; i < plan.events(); i++) {
      events.add(Set.of());
    }
    for (QueuePlan.Action action : plan.actions()) {
      switch (action) {
        case QueuePlan.Action.Run(int lane, int call) -> {
          for (Node node : nodes.get(call)) {
            captured.add(new Captured(node, call, lane, List.copyOf(lanes.get(lane))));
            lanes.set(lane, new TreeSet<>(Set.of(captured.size() - 1)));
          }
        }
        case QueuePlan.Action.Signal(int lane, int event) ->
            events.set(event, new TreeSet<>(lanes.get(lane)));
        case QueuePlan.Action.Await(int lane, int event) ->
            lanes.get(lane).addAll(events.get(event));
      }
    }
    return captured;
  }
}
