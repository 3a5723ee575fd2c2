package dev.lamina.cuda;

import dev.lamina.backend.Call;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;

/** Calls spread over lanes, with the events that order them. */
final class CallQueue implements AutoCloseable {
  private final List<Lane> lanes;
  private final QueuePlan plan;
  private final List<List<Work>> works;
  private final List<String> names;
  private final List<CUevent> events = new ArrayList<>();
  private final boolean debug;

  private CallQueue(
      List<Lane> lanes, QueuePlan plan, List<List<Work>> works, List<String> names, boolean debug) {
    this.lanes = lanes;
    this.plan = plan;
    this.works = works;
    this.names = names;
    this.debug = debug;
    try {
      for (int i = 0; i < plan.events(); i++) {
        CUevent event = new CUevent();
        CudaException.check(
            () -> JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING),
            "making an event");
        events.add(event);
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
        backend.lanes(plan.lanes()),
        QueuePlan.of(plan, 1),
        works,
        names,
        backend.options().debug());
  }

  /** The number of steps. */
  int size() {
    return works.stream().mapToInt(List::size).sum();
  }

  /** Puts all calls on their lanes once. */
  void enqueue() {
    for (QueuePlan.Action action : plan.actions()) {
      switch (action) {
        case QueuePlan.Action.Run(int lane, int call) -> run(lanes.get(lane), call);
        case QueuePlan.Action.Signal(int lane, int event) ->
            CudaException.check(
                () -> JCudaDriver.cuEventRecord(events.get(event), lanes.get(lane).stream()),
                "recording an event");
        case QueuePlan.Action.Await(int lane, int event) ->
            CudaException.check(
                () -> JCudaDriver.cuStreamWaitEvent(lanes.get(lane).stream(), events.get(event), 0),
                "waiting for an event");
      }
    }
  }

  private void run(Lane lane, int call) {
    works.get(call).forEach(work -> work.enqueue(lane));
    if (debug) {
      lane.synchronize("running " + names.get(call));
    }
  }

  @Override
  public void close() {
    works.forEach(work -> work.forEach(Work::close));
    events.forEach(event -> CudaException.status(() -> JCudaDriver.cuEventDestroy(event)));
    events.clear();
  }
}
