package dev.lamina.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * What is done on the lanes, one after the other, so that calls run. All of them start after what
 * the first lane was given before, and the first lane goes on after all of them.
 *
 * @param lanes how many lanes are used
 * @param events how many events are needed
 */
record QueuePlan(int lanes, int events, List<Action> actions) {
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

  /** The calls of a plan, so many times in a row. */
  static QueuePlan of(LanePlan plan, int repeats) {
    Builder builder = new Builder();
    for (int r = 0; r < repeats; r++) {
      builder.add(plan);
    }
    return new QueuePlan(plan.lanes(), builder.events, builder.actions);
  }

  private static final class Builder {
    final List<Action> actions = new ArrayList<>();
    int events;

    int signal(int lane) {
      actions.add(new Action.Signal(lane, events));
      return events++;
    }

    void add(LanePlan plan) {
      if (plan.lanes() > 1) {
        int start = signal(0);
        for (int lane = 1; lane < plan.lanes(); lane++) {
          actions.add(new Action.Await(lane, start));
        }
      }
      int[] ends = new int[plan.places().size()];
      for (int i = 0; i < ends.length; i++) {
        LanePlan.Place place = plan.places().get(i);
        place.waits().forEach(w -> actions.add(new Action.Await(place.lane(), ends[w])));
        actions.add(new Action.Run(place.lane(), i));
        if (place.awaited()) {
          ends[i] = signal(place.lane());
        }
      }
      for (int lane = 1; lane < plan.lanes(); lane++) {
        actions.add(new Action.Await(0, signal(lane)));
      }
    }
  }
}
