package dev.lamina.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * On which lane each call runs and for which calls of other lanes it waits there.
 *
 * @param lanes how many lanes are used
 * @param places one for each call
 */
record LanePlan(int lanes, List<Place> places) {

  /**
   * Where a call runs.
   *
   * @param lane the number of its lane
   * @param waits positions of calls on other lanes that must end first
   * @param awaited whether a call on another lane waits for this one
   */
  record Place(int lane, List<Integer> waits, boolean awaited) {}

  /**
   * Spreads calls over at most so many lanes: a call continues the lane of one that it follows if
   * nothing came after that, otherwise it takes the lane that has been left alone for longest.
   *
   * @param follows for each call those that it directly follows
   */
  static LanePlan of(List<List<Integer>> follows, int lanes) {
    int[] last = new int[lanes];
    Arrays.fill(last, -1);
    int[] lane = new int[follows.size()];
    int used = 1;
    for (int i = 0; i < lane.length; i++) {
      int chosen = -1;
      for (int before : follows.get(i).reversed()) {
        if (last[lane[before]] == before) {
          chosen = lane[before];
          break;
        }
      }
      if (chosen < 0) {
        chosen = 0;
        for (int candidate = 1; candidate < lanes; candidate++) {
          if (last[candidate] < last[chosen]) {
            chosen = candidate;
          }
        }
      }
      lane[i] = chosen;
      last[chosen] = i;
      used = Math.max(used, chosen + 1);
    }
    return new LanePlan(used, places(follows, lane));
  }

  private static List<Place> places(List<List<Integer>> follows, int[] lane) {
    boolean[] awaited = new boolean[lane.length];
    List<List<Integer>> waits = new ArrayList<>();
    for (int i = 0; i < lane.length; i++) {
      int own = lane[i];
      List<Integer> others = follows.get(i).stream().filter(b -> lane[b] != own).toList();
      others.forEach(before -> awaited[before] = true);
      waits.add(others);
    }
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < lane.length; i++) {
      places.add(new Place(lane[i], waits.get(i), awaited[i]));
    }
    return places;
  }
}
