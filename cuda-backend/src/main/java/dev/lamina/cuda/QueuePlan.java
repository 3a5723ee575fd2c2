package dev.lamina.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * What is done on the lanes, one after the other, so that calls run. All of them start after what
 * the first lane was given before, and the first lane goes on after all of them.
 *
 * @param lanes which lanes there are
 * @param events how many events are needed
 */
record QueuePlan(LaneOptions lanes, int events, List<Action> actions) {
  /** Something that is done on a lane. */
  sealed interface Action {
    /** Puts a call's works on a lane. */
    record Run(int lane, int call) implements Action {}

    /** Records an event behind what a lane has been given. */
    record Signal(int lane, int event) implements Action {}

    /** Lets what a lane is given from now on wait for an event. */
    record Await(int lane, int event) implements Action {}
  }

  QueuePlan {
    actions = List.copyOf(actions);
  }

  /**
   * The calls of a plan.
   *
   * @param calls how many different ones there are: after so many places the first comes again
   */
  static QueuePlan of(LanePlan plan, int calls) {
    List<Action> actions = new ArrayList<>();
    boolean[] begun = new boolean[plan.lanes().count()];
    begun[0] = true;
    int events = 0;
    int start = -1;
    int[] ends = new int[plan.places().size()];
    for (int i = 0; i < ends.length; i++) {
      LanePlan.Place place = plan.places().get(i);
      int lane = place.lane();
      if (!begun[lane] && place.waits().isEmpty()) {
        if (start < 0) {
          start = events++;
          actions.addFirst(new Action.Signal(0, start));
        }
        actions.add(new Action.Await(lane, start));
      }
      begun[lane] = true;
      place.waits().forEach(before -> actions.add(new Action.Await(lane, ends[before])));
      actions.add(new Action.Run(lane, i % calls));
      if (place.awaited()) {
        ends[i] = events++;
        actions.add(new Action.Signal(lane, ends[i]));
      }
    }
    for (int lane = 1; lane < begun.length; lane++) {
      if (begun[lane]) {
        actions.add(new Action.Signal(lane, events));
        actions.add(new Action.Await(0, events++));
      }
    }
    return new QueuePlan(plan.lanes(), events, actions);
  }

  /** Whether a lane is given anything. */
  boolean uses(int lane) {
    return actions.stream().anyMatch(a -> a instanceof Action.Run(int where, _) && where == lane);
  }
}
