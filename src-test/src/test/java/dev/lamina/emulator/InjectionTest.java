package dev.lamina.emulator;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;
import static jcuda.driver.JCudaDriver.cuMemsetD32;
import static jcuda.driver.JCudaDriver.cuStreamCreateWithPriority;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Errors that a test asks for. */
class InjectionTest {

  private EmulatedGpu gpu;

  @BeforeEach
  void open() {
    gpu = new EmulatedGpu();
    gpu.emulator.set("quiet", true);
  }

  @AfterEach
  void close() {
    if (gpu != null) {
      gpu.close();
    }
  }

  @Test
  void noDevice() {
    gpu.emulator.set("devices", 0);
    assertEquals("CUDA_ERROR_NO_DEVICE", EmulatedGpu.errorOf(() -> cuInit(0)));
  }

  @Test
  void allocationFailures() {
    gpu.emulator.set("fail_allocation", 1);
    CUdeviceptr first = gpu.allocate(10);
    String error = "CUDA_ERROR_OUT_OF_MEMORY";
    assertEquals(error, EmulatedGpu.errorOf(() -> gpu.allocate(10)));
    CUdeviceptr third = gpu.allocate(10);
    gpu.emulator.set("fail_allocation_after_bytes", 100);
    CUdeviceptr fourth = gpu.allocate(80);
    assertEquals(error, EmulatedGpu.errorOf(() -> gpu.allocate(1)));
    gpu.emulator.set("fail_allocation_after_bytes", -1);
    gpu.emulator.set("memory", 1000);
    assertEquals(error, EmulatedGpu.errorOf(() -> gpu.allocate(901)));
    long[] free = new long[1];
    long[] total = new long[1];
    cuMemGetInfo(free, total);
    assertEquals(900, free[0]);
    assertEquals(1000, total[0]);
    gpu.free(first, third, fourth);
  }

  @Test
  void missingFunctionAndEntryPoint() {
    gpu.emulator.set("missing_functions", "copy_floats,add");
    assertEquals("CUDA_ERROR_NOT_FOUND", EmulatedGpu.errorOf(() -> gpu.function("add")));
    gpu.function("votes");
    gpu.emulator.set("unsupported", "cuStreamCreateWithPriority");
    assertEquals(
        "CUDA_ERROR_NOT_SUPPORTED",
        EmulatedGpu.errorOf(() -> cuStreamCreateWithPriority(new CUstream(), 1, 0)));
  }

  @Test
  void kernelFault() {
    CUdeviceptr x = gpu.upload(1f);
    gpu.emulator.set("fault_kernel", "copy_floats");
    gpu.launch(null, "add", 1, 1, x, x, x, 1);
    cuCtxSynchronize();
    gpu.launch(null, "copy_floats", 1, 1, x, x, 1);
    String error = "CUDA_ERROR_ILLEGAL_ADDRESS";
    assertEquals(error, EmulatedGpu.errorOf(() -> cuCtxSynchronize()));
    assertEquals(error, EmulatedGpu.errorOf(() -> gpu.allocate(1)));
    gpu.emulator.reset();
    gpu.free(x);
  }

  @Test
  void lostDevice() {
    CUdeviceptr x = gpu.upload(1f);
    gpu.emulator.set("lose_device_after", 1);
    gpu.launch(null, "add", 1, 1, x, x, x, 1);
    String error = "CUDA_ERROR_UNKNOWN";
    assertEquals(error, EmulatedGpu.errorOf(() -> gpu.launch(null, "add", 1, 1, x, x, x, 1)));
    assertEquals(error, EmulatedGpu.errorOf(() -> cuCtxSynchronize()));
    gpu.emulator.reset();
    gpu.free(x);
  }

  @Test
  void unknownSettings() {
    assertThrows(IllegalArgumentException.class, () -> gpu.emulator.set("no_such", 1));
    assertThrows(IllegalArgumentException.class, () -> gpu.emulator.set("devices", "many"));
    assertThrows(IllegalArgumentException.class, () -> gpu.emulator.counter("no_such"));
  }

  @Test
  void speed() {
    // Not a limit: what a million threads cost with every check, for the log.
    int n = 1 << 20;
    CUdeviceptr x = gpu.allocate(4L * n);
    cuMemsetD32(x, 0x3F800000, n);
    cuCtxSynchronize();
    long begin = System.nanoTime();
    gpu.launch(null, "add", n / 256, 256, x, x, x, n);
    cuCtxSynchronize();
    long middle = System.nanoTime();
    CUdeviceptr sums = gpu.allocate(4 * 1024);
    gpu.launch(null, "row_sums", 1024, 128, x, sums, 1024);
    cuCtxSynchronize();
    System.out.printf(
        "CUDA emulator, with all checks: 1M threads in %d ms, sums of 1024 rows in %d ms%n",
        (middle - begin) / 1_000_000, (System.nanoTime() - middle) / 1_000_000);
    assertEquals(2048, gpu.floats(sums, 1)[0]);
    gpu.free(x, sums);
  }
}
