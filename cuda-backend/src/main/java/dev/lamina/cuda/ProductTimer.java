package dev.lamina.cuda;

import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;

/** Measures what is put on a lane by events on its stream. */
final class ProductTimer implements AutoCloseable {
  static final String ACTION = "measuring a product";

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

  /** How long the device takes for it; waits for the end. */
  double milliseconds(Runnable work) {
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
