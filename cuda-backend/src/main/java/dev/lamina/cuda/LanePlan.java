package dev.lamina.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * On which lane each call runs and for which calls of other lanes it waits there.
 *
 * <p>The calls that the span hangs on, the longest chain by their estimated times, have the first
 * lane to themselves. Of three lanes or more the last is for updates of parameters; every other
 * call takes, in the order of the calls, the lane on which it is estimated to end first. What is on
 * the last lane yields to the others where the device has not enough room for all.
 *
 * @param lanes which lanes there are; not all need be used
 * @param places one for each call
 */
record LanePlan(LaneOptions lanes, List<Place> places) {

  /**
   * What is to be placed.
   *
   * @param follows the earlier calls that it directly follows
   * @param seconds how long it takes, estimated
   * @param update whether it updates parameters
   */
  record Task(List<Integer> follows, double seconds, boolean update) {}

  /**
   * Where a call runs.
   *
   * @param lane the number of its lane
   * @param waits positions of calls on other lanes that must end first, as far as what ran on this
   *     lane before does not say so already
   * @param awaited whether a call on another lane waits for this one
   * @param start when it is estimated to start, in seconds
   * @param end when it is estimated to end, in seconds
   */
  record Place(int lane, List<Integer> waits, boolean awaited, double start, double end) {}

  /**
   * Spreads calls over lanes.
   *
   * @param edgeSeconds from a call's end to the start of one that follows it
   */
  static LanePlan of(List<Task> tasks, LaneOptions lanes, double edgeSeconds) {
    BitSet chain = chain(tasks, edgeSeconds);
    double[] free = new double[lanes.count()]; // when what a lane has been given so far ends
    Arrays.fill(free, Double.NEGATIVE_INFINITY);
    int[] lane = new int[tasks.size()];
    double[] start = new double[tasks.size()];
    double[] end = new double[tasks.size()];
    for (int i = 0; i < lane.length; i++) {
      Task task = tasks.get(i);
      double ready = 0;
      for (int before : task.follows) {
        ready = Math.max(ready, end[before] + edgeSeconds);
      }
      double earliest = Double.POSITIVE_INFINITY;
      for (int candidate = 0; candidate < lanes.count(); candidate++) {
        if (!suits(candidate, lanes, chain.get(i), task.update)) {
          continue;
        }
        double there = Math.max(ready, free[candidate] + edgeSeconds);
        // Of lanes that are free in time, the one that has been idle for the shortest time.
        if (there < earliest || there == earliest && free[candidate] > free[lane[i]]) {
          earliest = there;
          lane[i] = candidate;
        }
      }
      start[i] = earliest;
      end[i] = earliest + task.seconds;
      free[lane[i]] = end[i];
    }
    return new LanePlan(lanes, places(tasks, lane, start, end));
  }

  private static boolean suits(int lane, LaneOptions lanes, boolean inChain, boolean update) {
    if (inChain || lanes.count() == 1) {
      return lane == 0;
    }
    return lane > 0 && (lanes.count() == 2 || lanes.isForUpdates(lane) == update);
  }

  /** The calls of the longest path, by their times and the edges between them. */
  private static BitSet chain(List<Task> tasks, double edgeSeconds) {
    double[] below = new double[tasks.size()]; // the longest path that begins behind a call
    int[] next = new int[tasks.size()];
    Arrays.fill(next, -1);
    int first = -1;
    double longest = Double.NEGATIVE_INFINITY;
    for (int i = tasks.size() - 1; i >= 0; i--) {
      double length = tasks.get(i).seconds + below[i];
      for (int before : tasks.get(i).follows) {
        if (edgeSeconds + length >= below[before]) {
          below[before] = edgeSeconds + length;
          next[before] = i;
        }
      }
      if (length >= longest) {
        longest = length;
        first = i;
      }
    }
    BitSet chain = new BitSet();
    for (int i = first; i >= 0; i = next[i]) {
      chain.set(i);
    }
    return chain;
  }

  private static List<Place> places(List<Task> tasks, int[] lane, double[] start, double[] end) {
    boolean[] awaited = new boolean[lane.length];
    List<List<Integer>> waits = new ArrayList<>();
    List<BitSet> done = new ArrayList<>(); // what has ended when a call has
    int[] last = new int[Arrays.stream(lane).max().orElse(0) + 1];
    Arrays.fill(last, -1);
    for (int i = 0; i < lane.length; i++) {
      BitSet before = last[lane[i]] < 0 ? new BitSet() : (BitSet) done.get(last[lane[i]]).clone();
      List<Integer> needed = new ArrayList<>();
      for (int follows : tasks.get(i).follows.reversed()) {
        if (!before.get(follows)) {
          needed.addFirst(follows);
          awaited[follows] = true;
          before.or(done.get(follows));
        }
      }
      waits.add(needed);
      before.set(i);
      done.add(before);
      last[lane[i]] = i;
    }
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < lane.length; i++) {
      places.add(new Place(lane[i], waits.get(i), awaited[i], start[i], end[i]));
    }
    return places;
  }
}
