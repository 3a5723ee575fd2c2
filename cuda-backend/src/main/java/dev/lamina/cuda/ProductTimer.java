package dev.lamina.cuda;

import java.util.List;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;

/**
 * Measures work on a lane by events on its stream. What is short is captured and replayed several
 * times over, as it runs in a program: so the host's share does not count.
 */
final class ProductTimer implements AutoCloseable {
  private static final String ACTION = "measuring a product";

  /** A time in milliseconds from which on one run is exact enough. */
  private static final double LONG = 5;

  /** How long a replay should take in milliseconds, as events resolve half a microsecond. */
  private static final double REPLAY = 0.1;

  private static final int MOST_REPEATS = 16;
  private static final int REPLAYS = 3;

  private final Lane lane;
  private final CUevent start = event();
  private final CUevent end = event();

  ProductTimer(Lane lane) {
    this.lane = lane;
  }

  private static CUevent event() {
    CUevent event = new CUevent();
    CudaException.check(
        () -> JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DEFAULT), "making an event");
    return event;
  }

  /** Milliseconds of one run; the work has been run before, so that its kernels are loaded. */
  double milliseconds(List<Work> works) {
    Runnable once = () -> works.forEach(work -> work.enqueue(lane));
    double estimate = measure(once);
    if (estimate >= LONG) {
      return estimate;
    }
    int repeats = (int) Math.clamp(REPLAY / Math.max(estimate, 1e-6), 1, MOST_REPEATS);
    try (CapturedGraph graph = CapturedGraph.capture(lane, ACTION, once, repeats)) {
      graph.launch();
      double best = Double.POSITIVE_INFINITY;
      for (int i = 0; i < REPLAYS; i++) {
        best = Math.min(best, measure(graph::launch));
      }
      return best / repeats;
    }
  }

  private double measure(Runnable work) {
    CudaException.check(() -> JCudaDriver.cuEventRecord(start, lane.stream()), ACTION);
    work.run();
    CudaException.check(() -> JCudaDriver.cuEventRecord(end, lane.stream()), ACTION);
    CudaException.check(() -> JCudaDriver.cuEventSynchronize(end), ACTION);
    float[] milliseconds = new float[1];
    CudaException.check(() -> JCudaDriver.cuEventElapsedTime(milliseconds, start, end), ACTION);
    return milliseconds[0];
  }

  @Override
  public void close() {
    CudaException.status(() -> JCudaDriver.cuEventDestroy(start));
    CudaException.status(() -> JCudaDriver.cuEventDestroy(end));
  }
}
