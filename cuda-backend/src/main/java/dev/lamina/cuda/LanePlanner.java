package dev.lamina.cuda;

import dev.lamina.backend.Call;
import dev.lamina.backend.Operand;
import dev.lamina.backend.Precision;
import dev.lamina.op.AdamStep;
import dev.lamina.op.Map;
import dev.lamina.op.Op;
import dev.lamina.op.SgdStep;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Plans on which lanes calls run, by estimated times. Long updates of parameters that run beside
 * matrix products are cut into few blocks, so that the products keep multiprocessors.
 *
 * <p>Estimates hold for the first way of each product, whichever measurements choose: the plan is
 * the same on every device.
 */
final class LanePlanner {
  /** A shorter update's blocks end soon enough to make room for products. */
  private static final double LONG = 20e-6;

  /** How many runs in a row show what runs beside what. */
  private static final int ENOUGH = 3;

  private final CostModel costs;
  private final Precision precision;
  private final LaneOptions lanes;
  private final List<Call> calls;
  private final ToLongFunction<Operand> addresses;
  private final List<Lowering> lowerings;

  /**
   * A planner for calls that run one after the other.
   *
   * @param multiprocessors how many the GPU has
   * @param addresses where operands lie, as the lowerings were given them
   */
  LanePlanner(
      CostModel costs,
      Precision precision,
      LaneOptions lanes,
      int multiprocessors,
      List<Call> calls,
      List<Lowering> lowerings,
      ToLongFunction<Operand> addresses) {
    this.costs = costs;
    this.precision = precision;
    this.lanes = lanes;
    this.calls = List.copyOf(calls);
    this.addresses = addresses;
    this.lowerings = new ArrayList<>(lowerings);
    if (lanes.count() > 1 && calls.stream().anyMatch(call -> isUpdate(call.op()))) {
      makeRoom(lanes.updateBlocks(multiprocessors));
    }
  }

  static boolean isUpdate(Op op) {
    return op instanceof AdamStep
        || op instanceof SgdStep
        || op instanceof Map && !op.updates().isEmpty();
  }

  private void makeRoom(int updateBlocks) {
    List<LanePlan.Place> places = lanePlan(ENOUGH).places();
    for (int i = 0; i < calls.size(); i++) {
      if (isUpdate(calls.get(i).op()) && seconds(i) >= LONG && isBesideAProduct(places, i)) {
        lowerings.set(i, lowerings.get(i).withBlocks(updateBlocks));
      }
    }
  }

  // As seen in the middle of several runs.
  private boolean isBesideAProduct(List<LanePlan.Place> places, int call) {
    LanePlan.Place update = places.get(ENOUGH / 2 * calls.size() + call);
    if (update.lane() == 0) {
      return false; // the span hangs on it
    }
    for (int i = 0; i < places.size(); i++) {
      LanePlan.Place other = places.get(i);
      if (other.start() < update.end()
          && update.start() < other.end()
          && lowerings.get(i % calls.size()).hasProduct()) {
        return true;
      }
    }
    return false;
  }

  /** What each call puts on a stream. */
  List<Lowering> lowerings() {
    return lowerings;
  }

  /** The nodes of a call if products go the ways that the function chooses. */
  List<Node> nodes(int call, NodeList.Choice choice) {
    return NodeList.of(costs, precision, calls.get(call), lowerings.get(call), addresses, choice);
  }

  private double seconds(int call) {
    List<Node> nodes = nodes(call, fused -> fused.ways().getFirst());
    return nodes.stream().mapToDouble(node -> costs.seconds(node.demand())).sum()
        + Math.max(0, nodes.size() - 1) * costs.edgeSeconds();
  }

  private LanePlan lanePlan(int repeats) {
    List<List<Integer>> follows = Dependencies.of(calls, repeats);
    double[] seconds = new double[calls.size()];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = seconds(i);
    }
    List<LanePlan.Task> tasks = new ArrayList<>();
    for (int i = 0; i < follows.size(); i++) {
      int call = i % seconds.length;
      tasks.add(new LanePlan.Task(follows.get(i), seconds[call], isUpdate(calls.get(call).op())));
    }
    return LanePlan.of(tasks, lanes, costs.edgeSeconds());
  }

  /** What is done on the lanes so that the calls run so many times in a row. */
  QueuePlan plan(int repeats) {
    return QueuePlan.of(lanePlan(repeats), calls.size());
  }
}
