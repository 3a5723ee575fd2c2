package dev.lamina.cuda;

import dev.lamina.cuda.CapturedNodes.Captured;
import dev.lamina.cuda.CostModel.Demand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs the nodes of a CUDA graph by a cost model. A node starts an edge's time after the last of
 * those that it follows. Where nodes share the device, those that run at the same time divide
 * tensor cores, memory bandwidth and multiprocessors, see {@link Sharing}. Blocks are never
 * interrupted: first come nodes that have begun and have too few blocks for all multiprocessors,
 * then the others, at last those of a lower priority.
 */
final class Simulation {
  private static final double DONE = 1e-9;
  private static final double NEVER = Double.POSITIVE_INFINITY;

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
    double[] speeds = new double[demands.size()];
    Arrays.fill(speeds, 1);
    if (shared) {
      double[][] needs = new double[speeds.length][];
      int[] turns = new int[speeds.length];
      for (int k = 0; k < speeds.length; k++) {
        Demand demand = demands.get(k);
        needs[k] =
            new double[] {
              costs.computeShare(demand),
              costs.memoryShare(demand),
              costs.multiprocessorShare(demand)
            };
        turns[k] = turn(running.get(k));
      }
      speeds = Sharing.speeds(needs, turns);
    }
    for (int k = 0; k < speeds.length; k++) {
      speeds[k] /= costs.seconds(demands.get(k));
    }
    return speeds;
  }

  /** When a running node gets multiprocessors: its blocks that have begun are not interrupted. */
  private int turn(int node) {
    boolean settled =
        left[node] < 1 && costs.multiprocessorShare(nodes.get(node).node().demand()) < 1;
    return settled ? 0 : nodes.get(node).yields() ? 2 : 1;
  }
}
