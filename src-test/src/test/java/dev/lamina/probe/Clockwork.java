package dev.lamina.probe;

import dev.lamina.cuda.natives.NativeStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/** Times on the device, in microseconds, of work on streams and of graphs. */
final class Clockwork implements AutoCloseable {
  private static final int ROUNDS = 7;

  private final NativeStream stream;
  private final List<CUevent> events = new ArrayList<>();
  private final CUevent start = event(CUevent_flags.CU_EVENT_DEFAULT);
  private final CUevent end = event(CUevent_flags.CU_EVENT_DEFAULT);

  Clockwork(NativeStream stream) {
    this.stream = stream;
  }

  private CUevent event(int flags) {
    CUevent event = new CUevent();
    JCudaDriver.cuEventCreate(event, flags);
    events.add(event);
    return event;
  }

  /** The median of some measurements after a first one that does not count. */
  static double median(DoubleSupplier measurement) {
    measurement.getAsDouble();
    double[] values = new double[ROUNDS];
    Arrays.setAll(values, i -> measurement.getAsDouble());
    Arrays.sort(values);
    return values[ROUNDS / 2];
  }

  /** From before to after what is put on the stream, or on others that join it. */
  double device(Runnable work) {
    return median(() -> {
      ProbeGpu.synchronize(); // other streams too
      JCudaDriver.cuEventRecord(start, stream);
      work.run();
      JCudaDriver.cuEventRecord(end, stream);
      JCudaDriver.cuEventSynchronize(end);
      return elapsed();
    });
  }

  private double elapsed() {
    float[] milliseconds = new float[1];
    JCudaDriver.cuEventElapsedTime(milliseconds, start, end);
    return milliseconds[0] * 1e3;
  }

  /** Until the calls have returned, whatever the device still does. */
  double host(Runnable calls) {
    return median(() -> {
      ProbeGpu.synchronize();
      long begin = System.nanoTime();
      calls.run();
      double microseconds = (System.nanoTime() - begin) * 1e-3;
      ProbeGpu.synchronize();
      return microseconds;
    });
  }

  /** Lets streams begin after the first of them, and it go on after all. */
  void spread(List<NativeStream> streams, Runnable work) {
    List<NativeStream> others = streams.subList(1, streams.size());
    others.forEach(s -> after(streams.getFirst(), s));
    work.run();
    others.forEach(s -> after(s, streams.getFirst()));
  }

  /** Lets a stream go on after all that is on the first one now. */
  void after(NativeStream first, NativeStream then) {
    CUevent event = event(CUevent_flags.CU_EVENT_DISABLE_TIMING);
    JCudaDriver.cuEventRecord(event, first);
    JCudaDriver.cuStreamWaitEvent(then, event, 0);
  }

  /** What is put on the stream, as a graph; uses it while it is there. */
  double graph(Runnable work, GraphUse use) {
    CUgraph graph = new CUgraph();
    JCudaDriver.cuStreamBeginCapture(
        stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
    work.run();
    JCudaDriver.cuStreamEndCapture(stream, graph);
    CUgraphExec executable = new CUgraphExec();
    JCudaDriver.cuGraphInstantiate(executable, graph, 0);
    JCudaDriver.cuGraphDestroy(graph);
    try {
      return use.measure(() -> JCudaDriver.cuGraphLaunch(executable, stream));
    } finally {
      ProbeGpu.synchronize();
      JCudaDriver.cuGraphExecDestroy(executable);
    }
  }

  /** Measures something of a graph by launching it. */
  interface GraphUse {
    /** In microseconds. */
    double measure(Runnable launch);
  }

  /** The time of a graph of this work on the device. */
  double graphed(Runnable work) {
    return graph(work, this::device);
  }

  @Override
  public void close() {
    events.forEach(JCudaDriver::cuEventDestroy);
  }
}
