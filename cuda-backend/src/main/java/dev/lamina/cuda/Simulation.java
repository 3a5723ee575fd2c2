package dev.lamina.cuda;

import dev.lamina.cuda.CapturedNodes.Captured;
import dev.lamina.cuda.CostModel.Demand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Runs the nodes of a CUDA graph by a cost model. A node starts an edge's time after the last of
 * those that it follows. Where nodes share the device, those that run at the same time divide
 * tensor cores, memory bandwidth and multiprocessors: each gets what it would use by itself if
 * there is enough, otherwise all that want more than an equal share get that. Blocks are never
 * interrupted: a node that has begun and has too few of them for all multiprocessors keeps its own.
 */
final class Simulation {
  private static final double DONE = 1e-9;
  private static final double NEVER = Double.POSITIVE_INFINITY;
  private static final int LAST_TURN = 2;

  private final CostModel costs;
  private final List<Captured> nodes;
  private final boolean shared;
  private final double[] ready;
  private final double[] start;
  private final double[] end;
  private final double[] left; // of each node's work, from 1 to 0
  private final int[] missing;
  private final int[] last;

  private Simulation(CostModel costs, List<Captured> nodes, boolean shared) {
    this.costs = costs;
    this.nodes = nodes;
    this.shared = shared;
    int n = nodes.size();
    ready = new double[n];
    start = new double[n];
    end = new double[n];
    left = new double[n];
    missing = new int[n];
    last = new int[n];
  }

  /**
   * Tells when each node runs.
   *
   * @param shared whether nodes share the device, or each runs as if it were alone
   */
  static Timeline of(CostModel costs, List<Captured> nodes, boolean shared) {
    Simulation simulation = new Simulation(costs, nodes, shared);
    simulation.run();
    List<Timeline.Entry> entries = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      Captured c = nodes.get(i);
      entries.add(
          new Timeline.Entry(
              c.node().name(),
              c.lane(),
              c.node().demand().product(),
              c.node().demand().bytes(),
              simulation.start[i],
              simulation.end[i],
              c.after(),
              simulation.last[i]));
    }
    return new Timeline(entries);
  }

  private void run() {
    List<Integer> waiting = new ArrayList<>(); // nothing is missing but the edge's time
    List<Integer> running = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      left[i] = 1;
      last[i] = -1;
      missing[i] = nodes.get(i).after().size();
      if (missing[i] == 0) {
        waiting.add(i);
      }
    }
    double now = 0;
    while (!waiting.isEmpty() || !running.isEmpty()) {
      for (int i : List.copyOf(waiting)) {
        if (ready[i] <= now) {
          start[i] = now;
          waiting.remove((Integer) i);
          running.add(i);
        }
      }
      double[] speeds = speeds(running);
      double step = waiting.stream().mapToDouble(i -> ready[i]).min().orElse(NEVER) - now;
      for (int k = 0; k < speeds.length; k++) {
        step = Math.min(step, left[running.get(k)] / speeds[k]);
      }
      now += step;
      for (int k = speeds.length - 1; k >= 0; k--) {
        int i = running.get(k);
        left[i] -= step * speeds[k];
        if (left[i] < DONE) {
          running.remove(k);
          finish(i, now, waiting);
        }
      }
    }
  }

  private void finish(int node, double now, List<Integer> waiting) {
    end[node] = now;
    for (int next = node + 1; next < nodes.size(); next++) {
      if (nodes.get(next).after().contains(node)) {
        ready[next] = now + costs.edgeSeconds();
        last[next] = node;
        if (--missing[next] == 0) {
          waiting.add(next);
        }
      }
    }
  }

  /** The share of its work that each running node does in a second. */
  private double[] speeds(List<Integer> running) {
    List<Demand> demands = running.stream().map(i -> nodes.get(i).node().demand()).toList();
    double[] slowed = new double[demands.size()];
    Arrays.fill(slowed, 1);
    if (shared) {
      int[] equal = new int[demands.size()];
      slow(slowed, demands, costs::computeShare, equal);
      slow(slowed, demands, costs::memoryShare, equal);
      slow(slowed, demands, costs::multiprocessorShare, turns(running, demands));
    }
    double[] speeds = new double[slowed.length];
    Arrays.setAll(speeds, k -> slowed[k] / costs.seconds(demands.get(k)));
    return speeds;
  }

  /** In which turn each running node gets multiprocessors. */
  private int[] turns(List<Integer> running, List<Demand> demands) {
    int[] turns = new int[demands.size()];
    Arrays.setAll(
        turns,
        k -> left[running.get(k)] < 1 && costs.multiprocessorShare(demands.get(k)) < 1 ? 0 : 1);
    return turns;
  }

  /** Lowers each node's speed to what it gets of a resource. */
  private static void slow(
      double[] slowed, List<Demand> demands, ToDoubleFunction<Demand> resource, int[] turns) {
    double[] wanted = demands.stream().mapToDouble(resource).toArray();
    double[] given = shares(wanted, turns);
    for (int k = 0; k < slowed.length; k++) {
      if (wanted[k] > 0) {
        slowed[k] = Math.min(slowed[k], given[k] / wanted[k]);
      }
    }
  }

  /**
   * Divides 1 among those who want it: by turns, in each of them the least first, nobody more than
   * an equal share of what is left.
   */
  static double[] shares(double[] wanted, int[] turns) {
    double[] given = new double[wanted.length];
    double rest = 1;
    for (int turn = 0; turn <= LAST_TURN; turn++) {
      int own = turn;
      List<Integer> order =
          IntStream.range(0, wanted.length)
              .filter(k -> turns[k] == own)
              .boxed()
              .sorted(Comparator.comparingDouble(k -> wanted[k]))
              .toList();
      for (int k = 0; k < order.size(); k++) {
        int who = order.get(k);
        given[who] = Math.min(wanted[who], rest / (order.size() - k));
        rest -= given[who];
      }
    }
    return given;
  }
}
