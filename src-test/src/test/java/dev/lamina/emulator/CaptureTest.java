package dev.lamina.emulator;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphGetNodes;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static jcuda.driver.JCudaDriver.cuStreamQuery;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Capture over several streams, graphs and their replay, and what is illegal meanwhile. */
class CaptureTest {

  private EmulatedGpu gpu;
  private CUstream main;
  private CUstream side;
  private CUevent fork;
  private CUevent join;

  @BeforeEach
  void open() {
    gpu = new EmulatedGpu();
    main = EmulatedGpu.stream();
    side = EmulatedGpu.stream();
    fork = event();
    join = event();
  }

  @AfterEach
  void close() {
    if (gpu != null) {
      gpu.emulator.reset();
      cuStreamDestroy(main);
      cuStreamDestroy(side);
      cuEventDestroy(fork);
      cuEventDestroy(join);
      gpu.close();
    }
  }

  private static CUevent event() {
    CUevent event = new CUevent();
    cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING);
    return event;
  }

  private void begin() {
    cuStreamBeginCapture(main, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
  }

  private CUgraph end() {
    CUgraph graph = new CUgraph();
    cuStreamEndCapture(main, graph);
    return graph;
  }

  private void order(CUstream before, CUevent event, CUstream after) {
    cuEventRecord(event, before);
    cuStreamWaitEvent(after, event, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lazy", "eager", "random"})
  void forkJoinAndReplay(String schedule) {
    gpu.emulator.set("schedule", schedule);
    CUdeviceptr a = gpu.upload(1f, 2f);
    CUdeviceptr b = gpu.upload(10f, 20f);
    CUdeviceptr c = gpu.upload(0f, 0f);
    begin();
    gpu.launch(main, "add", 1, 32, a, a, a, 2);
    order(main, fork, side);
    gpu.launch(side, "add", 1, 32, b, a, b, 2); // b += a
    gpu.launch(main, "add", 1, 32, c, a, c, 2); // c += a, beside it
    order(side, join, main);
    gpu.launch(main, "add", 1, 32, b, c, c, 2); // c += b
    CUgraph graph = end();
    long[] nodes = new long[1];
    cuGraphGetNodes(graph, null, nodes);
    assertEquals(4, nodes[0]);
    assertArrayEquals(new float[] {1, 2}, gpu.floats(a, 2), "a capture does not run anything");
    CUgraphExec executable = new CUgraphExec();
    cuGraphInstantiate(executable, graph, 0);
    cuGraphDestroy(graph);
    for (int i = 0; i < 2; i++) {
      cuGraphLaunch(executable, main);
    }
    cuStreamSynchronize(main);
    assertArrayEquals(new float[] {4, 8}, gpu.floats(a, 2));
    assertArrayEquals(new float[] {16, 32}, gpu.floats(b, 2));
    assertArrayEquals(new float[] {2 + 12 + 4 + 16, 4 + 24 + 8 + 32}, gpu.floats(c, 2));
    assertEquals(2, gpu.emulator.counter("graph_launches"));
    assertEquals(0, gpu.emulator.counter("findings"));
    cuGraphExecDestroy(executable);
    gpu.free(a, b, c);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lazy", "eager", "random"})
  void missingEdge(String schedule) {
    gpu.emulator.set("schedule", schedule);
    gpu.emulator.set("quiet", true);
    CUdeviceptr a = gpu.upload(1f, 2f);
    CUdeviceptr b = gpu.upload(10f, 20f);
    begin();
    order(main, fork, side);
    gpu.launch(main, "add", 1, 32, a, a, b, 2); // reads a
    gpu.launch(side, "add", 1, 32, a, a, a, 2); // writes a beside it
    order(side, join, main);
    CUgraph graph = end();
    CUgraphExec executable = new CUgraphExec();
    cuGraphInstantiate(executable, graph, 0);
    cuGraphLaunch(executable, main);
    assertNotEquals("", EmulatedGpu.errorOf(() -> cuStreamSynchronize(main)));
    String found = gpu.takeFinding();
    assertTrue(found.contains("nothing orders it after kernel add"), found);
    cuGraphExecDestroy(executable);
    cuGraphDestroy(graph);
    gpu.free(a, b);
  }

  /** Captures one launch and this; the call is refused and the capture is invalid. */
  private void illegal(String error, Executable call) {
    CUdeviceptr a = gpu.upload(1f);
    gpu.emulator.set("quiet", true);
    begin();
    gpu.launch(main, "add", 1, 1, a, a, a, 1);
    assertEquals(error, EmulatedGpu.errorOf(call));
    assertEquals("CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", EmulatedGpu.errorOf(this::end));
    gpu.emulator.reset();
    gpu.free(a);
  }

  @Test
  void illegalCalls() {
    String error = "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED";
    illegal(error, () -> cuStreamSynchronize(main));
    illegal(error, () -> cuCtxSynchronize());
    illegal(error, () -> cuMemAlloc(new CUdeviceptr(), 4));
    illegal(error, () -> cuStreamQuery(main));
    CUdeviceptr x = gpu.upload(1f);
    illegal(error, () -> cuMemcpyHtoD(x, Pointer.to(new float[1]), 4));
    illegal(error, () -> cuMemFree(x));
    Pointer pageable = Pointer.to(ByteBuffer.allocateDirect(4));
    illegal(error, () -> cuMemcpyHtoDAsync(x, pageable, 4, main));
    illegal(
        "CUDA_ERROR_CAPTURED_EVENT",
        () -> {
          cuEventRecord(fork, main);
          cuEventSynchronize(fork);
        });
    cuEventRecord(join, side);
    illegal("CUDA_ERROR_STREAM_CAPTURE_ISOLATION", () -> cuStreamWaitEvent(main, join, 0));
    gpu.free(x);
  }

  @Test
  void unjoinedStream() {
    gpu.emulator.set("quiet", true);
    CUdeviceptr a = gpu.upload(1f);
    begin();
    order(main, fork, side);
    gpu.launch(side, "add", 1, 1, a, a, a, 1);
    assertEquals("CUDA_ERROR_STREAM_CAPTURE_UNJOINED", EmulatedGpu.errorOf(this::end));
    assertTrue(gpu.takeFinding().contains("not joined"));
    gpu.free(a);
  }

  @Test
  void defaultStreamBesideTheCaptureOfABlockingOne() {
    gpu.emulator.set("quiet", true);
    CUdeviceptr a = gpu.upload(1f);
    CUstream blocking = new CUstream();
    cuStreamCreate(blocking, 0);
    cuStreamBeginCapture(blocking, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED);
    assertEquals(
        "CUDA_ERROR_STREAM_CAPTURE_IMPLICIT",
        EmulatedGpu.errorOf(() -> gpu.launch(null, "add", 1, 1, a, a, a, 1)));
    CUgraph graph = new CUgraph();
    assertNotEquals("", EmulatedGpu.errorOf(() -> cuStreamEndCapture(blocking, graph)));
    gpu.emulator.reset();
    cuStreamDestroy(blocking);
    gpu.free(a);
  }

  @Test
  void replayAfterFree() {
    gpu.emulator.set("quiet", true);
    CUdeviceptr a = gpu.upload(1f);
    begin();
    gpu.launch(main, "add", 1, 1, a, a, a, 1);
    CUgraph graph = end();
    CUgraphExec executable = new CUgraphExec();
    cuGraphInstantiate(executable, graph, 0);
    gpu.free(a);
    cuGraphLaunch(executable, main);
    assertEquals(
        "CUDA_ERROR_ILLEGAL_ADDRESS", EmulatedGpu.errorOf(() -> cuStreamSynchronize(main)));
    assertTrue(gpu.takeFinding().contains("freed device allocation"));
    cuGraphExecDestroy(executable);
    cuGraphDestroy(graph);
  }
}
