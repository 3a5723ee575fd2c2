package dev.lamina.cuda;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/** Work on a stream as one CUDA graph: one launch, whatever the number of kernels. */
final class CapturedGraph implements AutoCloseable {
  /**
   * CUDA_GRAPH_INSTANTIATE_FLAG_USE_NODE_PRIORITY, which JCuda does not name: each node has the
   * priority of the stream that it was captured on, not all that of the stream of the launch.
   */
  private static final long NODE_PRIORITIES = 8;

  private final Lane lane;
  private final String label;
  private final CUgraphExec executable = new CUgraphExec();

  private CapturedGraph(Lane lane, String label) {
    this.lane = lane;
    this.label = label;
  }

  /**
   * Captures without running anything.
   *
   * @param work puts all on the lane, or on others that wait for it and that it waits for
   * @param repeats how many times in a row
   */
  static CapturedGraph capture(Lane lane, String label, Runnable work, int repeats) {
    CUgraph graph = new CUgraph();
    CudaException.check(
        () ->
            JCudaDriver.cuStreamBeginCapture(
                lane.stream(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
        "capturing " + label);
    boolean captured = false;
    int status;
    try {
      for (int i = 0; i < repeats; i++) {
        work.run();
      }
      captured = true;
    } finally {
      // Also after an error the stream must be brought out of the capture.
      status = CudaException.status(() -> JCudaDriver.cuStreamEndCapture(lane.stream(), graph));
      if (!captured) {
        CudaException.status(() -> JCudaDriver.cuGraphDestroy(graph));
      }
    }
    CudaException.check(status, "capturing " + label);
    CapturedGraph result = new CapturedGraph(lane, label);
    status =
        CudaException.status(
            () -> JCudaDriver.cuGraphInstantiate(result.executable, graph, NODE_PRIORITIES));
    CudaException.status(() -> JCudaDriver.cuGraphDestroy(graph));
    CudaException.check(status, "making the graph of " + label);
    return result;
  }

  void launch() {
    CudaException.check(
        () -> JCudaDriver.cuGraphLaunch(executable, lane.stream()),
        "launching the graph of " + label);
  }

  @Override
  public void close() {
    CudaException.status(() -> JCudaDriver.cuGraphExecDestroy(executable));
  }
}
