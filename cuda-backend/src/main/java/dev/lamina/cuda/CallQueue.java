package dev.lamina.cuda;

import dev.lamina.backend.Call;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;

/**
 * Calls spread over lanes. All of them start after what the first lane was given before, and the
 * first lane goes on after all of them.
 */
final class CallQueue implements AutoCloseable {
  private final List<Lane> lanes;
  private final LanePlan plan;
  private final List<List<Work>> works;
  private final List<String> names;
  private final CUevent start;
  private final CUevent[] laneEnds;
  private final CUevent[] callEnds;
  private final List<CUevent> events = new ArrayList<>();
  private final boolean debug;

  private CallQueue(
      List<Lane> lanes, LanePlan plan, List<List<Work>> works, List<String> names, boolean debug) {
    this.lanes = lanes;
    this.plan = plan;
    this.works = works;
    this.names = names;
    this.debug = debug;
    laneEnds = new CUevent[lanes.size()];
    callEnds = new CUevent[works.size()];
    try {
      start = event(lanes.size() > 1);
      for (int i = 1; i < laneEnds.length; i++) {
        laneEnds[i] = event(true);
      }
      for (int i = 0; i < callEnds.length; i++) {
        callEnds[i] = event(plan.places().get(i).awaited());
      }
    } catch (CudaException e) {
      close();
      throw e;
    }
  }

  static CallQueue of(CudaBackend backend, List<Call> calls, List<List<Work>> works) {
    LanePlan plan = LanePlan.of(Dependencies.of(calls), backend.options().lanes());
    List<String> names = calls.stream().map(CudaExecutable::describe).toList();
    return new CallQueue(
        backend.lanes(plan.lanes()), plan, works, names, backend.options().debug());
  }

  private CUevent event(boolean needed) {
    if (!needed) {
      return null;
    }
    CUevent event = new CUevent();
    CudaException.check(
        () -> JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING),
        "making an event");
    events.add(event);
    return event;
  }

  /** The number of steps. */
  int size() {
    return works.stream().mapToInt(List::size).sum();
  }

  /** Puts all calls on their lanes once. */
  void enqueue() {
    Lane first = lanes.getFirst();
    if (start != null) {
      record(start, first);
      lanes.subList(1, lanes.size()).forEach(lane -> await(lane, start));
    }
    for (int i = 0; i < works.size(); i++) {
      LanePlan.Place place = plan.places().get(i);
      Lane lane = lanes.get(place.lane());
      for (int before : place.waits()) {
        await(lane, callEnds[before]);
      }
      for (Work work : works.get(i)) {
        work.enqueue(lane);
      }
      if (place.awaited()) {
        record(callEnds[i], lane);
      }
      if (debug) {
        lane.synchronize("running " + names.get(i));
      }
    }
    for (int i = 1; i < lanes.size(); i++) {
      record(laneEnds[i], lanes.get(i));
      await(first, laneEnds[i]);
    }
  }

  private static void record(CUevent event, Lane lane) {
    CudaException.check(
        () -> JCudaDriver.cuEventRecord(event, lane.stream()), "recording an event");
  }

  private static void await(Lane lane, CUevent event) {
    CudaException.check(
        () -> JCudaDriver.cuStreamWaitEvent(lane.stream(), event, 0), "waiting for an event");
  }

  @Override
  public void close() {
    works.forEach(work -> work.forEach(Work::close));
    events.forEach(event -> CudaException.status(() -> JCudaDriver.cuEventDestroy(event)));
    events.clear();
  }
}
