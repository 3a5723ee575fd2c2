package dev.lamina.cuda;

import dev.lamina.backend.Call;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;

/** Works of calls in the order of a plan, with the events that order them. It owns the events. */
final class CallQueue implements AutoCloseable {
  private final CudaBackend backend;
  private final List<Call> calls;
  private final List<List<Work>> works;
  private final QueuePlan plan;
  private final List<CUevent> events = new ArrayList<>();

  /** Makes the lanes and the events. */
  CallQueue(CudaBackend backend, List<Call> calls, List<List<Work>> works, QueuePlan plan) {
    this.backend = backend;
    this.calls = calls;
    this.works = works;
    this.plan = plan;
    for (int i = 0; i < plan.lanes().count(); i++) {
      if (plan.uses(i)) {
        backend.lane(i); // while something is captured nothing can be allocated
      }
    }
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

  /** Puts all works on their lanes once. */
  void enqueue() {
    for (QueuePlan.Action action : plan.actions()) {
      switch (action) {
        case QueuePlan.Action.Run(int lane, int call) -> run(backend.lane(lane), call);
        case QueuePlan.Action.Signal(int lane, int event) ->
            CudaException.check(
                () -> JCudaDriver.cuEventRecord(events.get(event), backend.lane(lane).stream()),
                "recording an event");
        case QueuePlan.Action.Await(int lane, int event) ->
            CudaException.check(
                () ->
                    JCudaDriver.cuStreamWaitEvent(
                        backend.lane(lane).stream(), events.get(event), 0),
                "waiting for an event");
      }
    }
  }

  private void run(Lane lane, int call) {
    works.get(call).forEach(work -> work.enqueue(lane));
    if (backend.options().debug()) {
      lane.synchronize("running " + CudaExecutable.describe(calls.get(call)));
    }
  }

  @Override
  public void close() {
    events.forEach(event -> CudaException.status(() -> JCudaDriver.cuEventDestroy(event)));
    events.clear();
  }
}
