package dev.lamina.emulator;

import static dev.lamina.emulator.EmulatedGpu.stream;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kernels without mistakes compute what they should and no detector finds anything in them. */
class KernelExecutionTest {

  private EmulatedGpu gpu;

  @BeforeEach
  void open() {
    gpu = new EmulatedGpu();
  }

  @AfterEach
  void close() {
    if (gpu != null) {
      gpu.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"forward, lazy", "reverse, eager", "random, random"})
  void soundKernels(String threadOrder, String schedule) {
    gpu.emulator.set("thread_order", threadOrder);
    gpu.emulator.set("schedule", schedule);
    vectors();
    sums();
    blocks();
    smallTypes();
    warps();
    parameters();
    assertEquals(List.of(), gpu.emulator.findings());
    assertEquals("", gpu.emulator.live());
  }

  private void vectors() {
    int n = 1003;
    float[] x = ramp(n);
    CUdeviceptr a = gpu.upload(x);
    CUdeviceptr b = gpu.upload(x);
    CUdeviceptr c = gpu.allocate(4L * n);
    gpu.launch(null, "add", 8, 128, a, b, c, n);
    float[] sum = gpu.floats(c, n);
    gpu.launch(null, "scale_vector", 2, 32, a, b, 3f, (long) (n / 4));
    float[] scaled = gpu.floats(b, n);
    for (int i = 0; i < n; i++) {
      assertEquals(2 * x[i], sum[i]);
      assertEquals(i < n / 4 * 4 ? 3 * x[i] : x[i], scaled[i]);
    }
    gpu.free(a, b, c);
  }

  private void sums() {
    int rows = 5;
    int n = 300;
    CUdeviceptr x = gpu.upload(ramp(rows * n));
    CUdeviceptr sums = gpu.allocate(4L * rows);
    gpu.launch(null, "row_sums", rows, 128, x, sums, n);
    float[] expected = new float[rows];
    for (int i = 0; i < rows * n; i++) {
      expected[i / n] += i;
    }
    assertArrayEquals(expected, gpu.floats(sums, rows));
    gpu.free(x, sums);
  }

  private void blocks() {
    int n = 6 * 32;
    CUdeviceptr x = gpu.upload(ramp(n));
    CUdeviceptr count = gpu.upload(0);
    gpu.launchShared(null, "count_positive", 3, 64, 64 * 4, x, count, n);
    assertArrayEquals(new int[] {n - 1}, gpu.ints(count, 1));
    CUdeviceptr parts = gpu.allocate(4 * 6);
    CUdeviceptr done = gpu.upload(0);
    CUdeviceptr sum = gpu.allocate(4);
    gpu.launch(null, "total", 6, 32, x, parts, done, sum);
    assertArrayEquals(new float[] {n * (n - 1) / 2f}, gpu.floats(sum, 1));
    gpu.free(x, count, parts, done, sum);
  }

  private void smallTypes() {
    int n = 77;
    CUdeviceptr x = gpu.upload(ramp(n));
    CUdeviceptr half = gpu.allocate(2L * n);
    CUdeviceptr bytes = gpu.allocate(n);
    gpu.launch(null, "to_bfloat16", 2, 64, x, half, n);
    gpu.launch(null, "halve_bfloat16", 2, 64, half, n);
    gpu.launch(null, "to_bytes", 2, 64, x, bytes, n);
    short[] halves = new short[n];
    byte[] small = new byte[n];
    cuMemcpyDtoH(Pointer.to(halves), half, 2L * n);
    cuMemcpyDtoH(Pointer.to(small), bytes, n);
    for (int i = 0; i < n; i++) {
      assertEquals(i / 2f, Float.intBitsToFloat(halves[i] << 16));
      assertEquals(i, small[i]);
    }
    gpu.free(x, half, bytes);
  }

  private void warps() {
    CUdeviceptr x = gpu.upload(ramp(32));
    gpu.launch(null, "rotate_warp", 1, 32, x);
    float[] rotated = gpu.floats(x, 32);
    CUdeviceptr votes = gpu.allocate(4 * 32);
    gpu.launch(null, "votes", 1, 32, votes);
    int[] voted = gpu.ints(votes, 32);
    for (int i = 0; i < 32; i++) {
      assertEquals((i + 1) % 32, rotated[i]);
      assertEquals(0x55555555 + 1 + i, voted[i]);
    }
    gpu.free(x, votes);
  }

  private void parameters() {
    ByteBuffer structure = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
    structure.putDouble(0, 0.5).putFloat(8, 0.25f);
    CUdeviceptr out = gpu.allocate(8);
    CUstream stream = stream();
    gpu.launch(
        stream, "parameters", 1, 1, (byte) 200, out, structure.array(), (short) -6, 1L << 33, 2f);
    cuStreamSynchronize(stream);
    double[] result = new double[1];
    cuMemcpyDtoH(Pointer.to(result), out, 8);
    assertEquals(200 + 0.5 * -6 + 0.25 + (1L << 33) + 2, result[0]);
    cuStreamDestroy(stream);
    gpu.free(out);
  }

  private static float[] ramp(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = i;
    }
    return values;
  }
}
