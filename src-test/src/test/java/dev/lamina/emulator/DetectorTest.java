package dev.lamina.emulator;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuMemsetD32;
import static jcuda.driver.JCudaDriver.cuMemsetD32Async;
import static jcuda.driver.JCudaDriver.cuMemsetD8;
import static jcuda.driver.JCudaDriver.cuProfilerStart;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A planted mistake for each detector: found, named, and the process lives. */
class DetectorTest {

  private EmulatedGpu gpu;
  private CUstream stream;

  @BeforeEach
  void open() {
    gpu = new EmulatedGpu();
    gpu.emulator.set("quiet", true);
    stream = EmulatedGpu.stream();
  }

  @AfterEach
  void close() {
    if (gpu != null) {
      gpu.emulator.reset();
      cuStreamDestroy(stream);
      gpu.close();
    }
  }

  /** Launches; expects the error when the stream is synchronised, and this in the finding. */
  private void expect(String error, String finding, String kernel, int threads, Object... args) {
    expectOf(error, finding, kernel, 1, threads, 0, args);
  }

  private void expectOf(
      String error,
      String finding,
      String kernel,
      int blocks,
      int threads,
      int shared,
      Object... args) {
    gpu.launchShared(stream, kernel, blocks, threads, shared, args);
    assertEquals(error, EmulatedGpu.errorOf(() -> cuStreamSynchronize(stream)));
    assertEquals(
        error, EmulatedGpu.errorOf(() -> cuMemAlloc(new CUdeviceptr(), 4)), "the error stays");
    String found = gpu.takeFinding();
    assertTrue(found.contains(finding), found);
    assertTrue(found.contains("kernel " + kernel), found);
    gpu.emulator.set("quiet", true);
  }

  @Test
  void illegalAddresses() {
    String error = "CUDA_ERROR_ILLEGAL_ADDRESS";
    CUdeviceptr x = gpu.upload(new float[100]);
    CUdeviceptr y = gpu.upload(new float[100]);
    expect(error, "illegal write of 4 bytes", "overrun", 128, x, 100);
    expect(error, "is 0 bytes after device allocation", "overrun", 128, x, 100);
    expect(error, "is 4 bytes before device allocation", "underrun", 32, x, y);
    expect(error, "illegal write", "null_write", 32, new CUdeviceptr());
    expect(error, "array index 64 out of bounds at", "shared_index", 32, x, 64);
    expectOf(error, "illegal write of 4 bytes", "dynamic_shared_overrun", 1, 64, 63 * 4, x);
    expect(error, "stack overflow", "large_frame", 1, x, 5);
    gpu.free(y);
    expect(error, "freed device allocation", "underrun", 32, y, x);
    gpu.free(x);
    expect(error, "freed device allocation", "overrun", 32, x, 10);
  }

  @Test
  void misalignedAddress() {
    CUdeviceptr x = gpu.upload(new float[8]);
    CUdeviceptr y = gpu.upload(new float[8]);
    expect("CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address at", "misaligned_vector", 1, x, y);
    gpu.free(x, y);
  }

  @Test
  void uninitialisedReads() {
    String error = "CUDA_ERROR_LAUNCH_FAILED";
    CUdeviceptr x = gpu.allocate(4 * 100);
    CUdeviceptr y = gpu.upload(new float[100]);
    cuMemcpyHtoD(x, Pointer.to(new float[60]), 4 * 60);
    gpu.launch(stream, "copy_floats", 1, 64, x, y, 60);
    cuStreamSynchronize(stream);
    expect(error, "uninitialised read of 4 bytes of global memory", "copy_floats", 64, x, y, 61);
    expect(error, "uninitialised read of 4 bytes of shared", "uninitialised_shared", 64, y);
    gpu.free(x, y);
  }

  @ParameterizedTest
  @ValueSource(strings = {"forward", "reverse", "random"})
  void races(String order) {
    Runnable settings =
        () -> {
          gpu.emulator.set("thread_order", order);
          gpu.emulator.set("uninitialised", false);
        };
    String error = "CUDA_ERROR_LAUNCH_FAILED";
    CUdeviceptr x = gpu.upload(new float[64]);
    CUdeviceptr done = gpu.upload(0);
    CUdeviceptr sum = gpu.upload(0f);
    for (String kernel : new String[] {"shared_race", "shuffle_is_no_barrier"}) {
      settings.run();
      expect(error, "race on shared memory", kernel, 32, x);
    }
    settings.run();
    expect(error, "race on shared memory", "write_after_read", 64, x);
    settings.run();
    expect(error, "write-after-write race on global memory", "global_race", 64, x);
    settings.run();
    expect(error, "race on global memory", "race_with_atomic", 32, done);
    settings.run();
    expectOf(error, "race on global", "race_between_blocks", 3, 32, 0, x);
    cuMemsetD32(done, 0, 1);
    cuCtxSynchronize();
    settings.run();
    expectOf(error, "race on global", "missing_fence", 3, 1, 0, x, done, sum);
    gpu.free(x, done, sum);
  }

  @Test
  void bankConflicts() {
    CUdeviceptr x = gpu.upload(new float[32]);
    for (boolean counted : new boolean[] {false, true}) {
      gpu.emulator.set("banks", counted);
      gpu.launch(stream, "bank_conflicts", 1, 32, x);
      cuStreamSynchronize(stream);
      assertEquals(counted ? 2 * 31 : 0, gpu.emulator.counter("bank_conflicts"));
    }
    gpu.free(x);
  }

  @Test
  void barriers() {
    String error = "CUDA_ERROR_LAUNCH_FAILED";
    CUdeviceptr x = gpu.upload(new float[64]);
    expect(error, "divergent barrier: other threads of the block wait", "divergent_barrier", 32, x);
    expect(error, "threads of the block have ended", "barrier_after_return", 64, x, 40);
    expect(error, "the lanes that it names never come", "divergent_shuffle", 32, x);
    gpu.free(x);
  }

  @Test
  void otherFaults() {
    String error = "CUDA_ERROR_LAUNCH_FAILED";
    CUdeviceptr x = gpu.upload(new float[32]);
    expect(error, "__trap()", "trap", 32, x);
    expect(error, "division by zero", "integer_division", 32, x, 0);
    gpu.free(x);
  }

  @Test
  void missingSynchronisation() {
    // Streams are lazy: what is not waited for has not happened.
    CUdeviceptr x = gpu.upload(1f);
    Pointer pinned = new Pointer();
    cuMemHostAlloc(pinned, 4, 0);
    cuMemcpyDtoHAsync(pinned, x, 4, stream);
    FloatBuffer host = pinned.getByteBuffer(0, 4).order(ByteOrder.nativeOrder()).asFloatBuffer();
    assertTrue(Float.isNaN(host.get(0)));
    cuStreamSynchronize(stream);
    assertEquals(1, host.get(0));
    cuMemFreeHost(pinned);
    gpu.free(x);
  }

  @Test
  void missingOrderBetweenStreams() {
    CUstream other = EmulatedGpu.stream();
    CUdeviceptr x = gpu.upload(new float[32]);
    CUdeviceptr y = gpu.upload(new float[32]);
    gpu.launch(stream, "copy_floats", 1, 32, x, y, 32);
    cuMemsetD32Async(x, 0, 32, other);
    cuStreamSynchronize(stream);
    assertEquals(
        "CUDA_ERROR_ILLEGAL_ADDRESS", EmulatedGpu.errorOf(() -> cuStreamSynchronize(other)));
    String found = gpu.takeFinding();
    assertTrue(found.contains("nothing orders it after kernel copy_floats"), found);
    // The same, ordered by an event.
    CUevent event = new CUevent();
    cuEventCreate(event, 2);
    gpu.launch(stream, "copy_floats", 1, 32, x, y, 32);
    cuEventRecord(event, stream);
    cuStreamWaitEvent(other, event, 0);
    cuMemsetD32Async(x, 0, 32, other);
    cuCtxSynchronize();
    cuEventDestroy(event);
    cuStreamDestroy(other);
    gpu.free(x, y);
    assertEquals(0, gpu.emulator.counter("findings"));
  }

  @Test
  void leaksAndFrees() {
    CUdeviceptr x = gpu.allocate(12345);
    assertTrue(gpu.emulator.live().contains("of 12345 bytes"), gpu.emulator.live());
    assertEquals(1, gpu.emulator.counter("live_allocations"));
    gpu.free(x);
    assertEquals("", gpu.emulator.live());
    assertEquals("CUDA_ERROR_INVALID_VALUE", EmulatedGpu.errorOf(() -> cuMemFree(x)));
    assertTrue(gpu.takeFinding().contains("a second time"));
    CUdeviceptr y = gpu.allocate(100);
    assertEquals(
        "CUDA_ERROR_INVALID_VALUE", EmulatedGpu.errorOf(() -> cuMemFree(y.withByteOffset(4))));
    assertEquals(
        "CUDA_ERROR_INVALID_VALUE",
        EmulatedGpu.errorOf(() -> cuMemsetD8(y.withByteOffset(90), (byte) 0, 11)));
    gpu.free(y);
  }

  @Test
  void launches() {
    CUdeviceptr x = gpu.upload(new float[32]);
    String error = "CUDA_ERROR_INVALID_VALUE";
    assertEquals(error, EmulatedGpu.errorOf(() -> gpu.launch(stream, "trap", 0, 32, x)));
    assertEquals(error, EmulatedGpu.errorOf(() -> gpu.launch(stream, "trap", 1, 1025, x)));
    assertEquals(
        error, EmulatedGpu.errorOf(() -> gpu.launchShared(stream, "trap", 1, 1, 50_000, x)));
    assertEquals(3, gpu.emulator.counter("findings"));
    gpu.free(x);
  }

  @Test
  void contextOfAThread() throws InterruptedException {
    String[] error = new String[1];
    Thread thread =
        new Thread(() -> error[0] = EmulatedGpu.errorOf(() -> cuMemAlloc(new CUdeviceptr(), 4)));
    thread.start();
    thread.join();
    assertEquals("CUDA_ERROR_INVALID_CONTEXT", error[0]);
  }

  @Test
  void notEmulated() {
    assertEquals("CUDA_ERROR_NOT_SUPPORTED", EmulatedGpu.errorOf(() -> cuProfilerStart()));
    assertEquals("cuProfilerStart is not emulated", gpu.takeFinding());
  }
}
