package dev.lamina.emulator;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The emulated cuBLASLt: every epilogue against its formula, and what it refuses. */
class CublasLtTest {

  private static final int NOT_SUPPORTED = 15;
  private static final int INVALID_VALUE = 7;
  private static final int SINGLE = 0;
  private static final int COMPUTE_32F = 68;
  private static final int M = 37;
  private static final int N = 9;
  private static final int K = 21;
  private static final int MASK_STRIDE = 128;
  private static final int AUX_STRIDE = 40;

  private EmulatedGpu gpu;
  private LtLibrary lt;
  private final float[] a = random(1, M * K);
  private final float[] b = random(2, K * N);
  private final float[] c = random(3, M * N);
  private final float[] bias = random(4, M);
  private Address da;
  private Address db;
  private Address dc;
  private Address dd;
  private Address dBias;
  private Address dAux;
  private MemorySegment[] layouts;

  /** A device pointer whose number the library can be given. */
  private static final class Address extends CUdeviceptr {
    Address(CUdeviceptr pointer) {
      super(pointer);
    }

    long value() {
      return getNativePointer() + getByteOffset();
    }
  }

  @BeforeEach
  void open() {
    gpu = new EmulatedGpu();
    lt = new LtLibrary(gpu.emulator.libraries());
    da = new Address(gpu.upload(a));
    db = new Address(gpu.upload(b));
    dc = new Address(gpu.upload(c));
    dd = new Address(gpu.allocate(4 * M * N));
    dBias = new Address(gpu.upload(bias));
    dAux = new Address(gpu.allocate(4 * AUX_STRIDE * N));
    layouts =
        new MemorySegment[] {
          lt.layout(SINGLE, M, K, M),
          lt.layout(SINGLE, K, N, K),
          lt.layout(SINGLE, M, N, M),
          lt.layout(SINGLE, M, N, M)
        };
  }

  @AfterEach
  void close() {
    if (gpu != null) {
      gpu.emulator.reset();
      lt.close();
      gpu.free(da, db, dc, dd, dBias, dAux);
      gpu.close();
    }
  }

  private static float[] random(int seed, int n) {
    Random random = new Random(seed);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  private MemorySegment descriptor(int epilogue) {
    return lt.set(lt.descriptor(COMPUTE_32F), LtLibrary.EPILOGUE, epilogue);
  }

  private MemorySegment withPointers(MemorySegment descriptor, long auxStride) {
    lt.set(descriptor, LtLibrary.BIAS_POINTER, dBias.value());
    lt.set(descriptor, LtLibrary.AUX_POINTER, dAux.value());
    return lt.set(descriptor, LtLibrary.AUX_STRIDE, auxStride);
  }

  private int multiply(MemorySegment descriptor, MemorySegment algorithm) {
    long[] operands = {da.value(), db.value(), dc.value(), dd.value()};
    return lt.multiply(descriptor, 0.5f, 2, operands, layouts, algorithm, 0, 0, 0);
  }

  /** alpha A B + beta C at row i, column j, as the operands were uploaded. */
  private double linear(int i, int j) {
    double sum = 0;
    for (int p = 0; p < K; p++) {
      sum += (double) a[p * M + i] * b[j * K + p];
    }
    return 0.5 * sum + 2 * c[j * M + i];
  }

  private static double gelu(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 6, 32, 36, 130, 134, 160, 164})
  void forwardEpilogues(int epilogue) {
    boolean relu = (epilogue & 2) != 0;
    boolean gelu = (epilogue & 32) != 0;
    boolean aux = (epilogue & 128) != 0;
    MemorySegment descriptor = withPointers(descriptor(epilogue), relu ? MASK_STRIDE : AUX_STRIDE);
    LtLibrary.Heuristic offered = lt.heuristic(descriptor, layouts, 0);
    assertEquals(0, offered.status());
    assertEquals(1, offered.count());
    assertEquals(0, multiply(descriptor, offered.algorithm(0)));
    cuCtxSynchronize();
    float[] d = gpu.floats(dd, M * N);
    byte[] mask = new byte[MASK_STRIDE / 8 * N];
    float[] values = gpu.floats(dAux, AUX_STRIDE * N);
    cuMemcpyDtoH(Pointer.to(mask), dAux, mask.length);
    for (int j = 0; j < N; j++) {
      for (int i = 0; i < M; i++) {
        double x = linear(i, j) + ((epilogue & 4) != 0 ? bias[i] : 0);
        double expected = relu ? Math.max(x, 0) : gelu ? gelu(x) : x;
        assertEquals(expected, d[j * M + i], 1e-4);
        if (aux && relu) {
          int bit = j * MASK_STRIDE + i;
          assertEquals(x > 0, (mask[bit / 8] >> bit % 8 & 1) == 1);
        } else if (aux) {
          assertEquals(x, values[j * AUX_STRIDE + i], 1e-4);
        }
      }
    }
    assertEquals(0, gpu.emulator.counter("findings"));
  }

  @ParameterizedTest
  @ValueSource(ints = {136, 152, 192, 208})
  void gradientEpilogues(int epilogue) {
    boolean relu = (epilogue & 8) != 0;
    float[] aux = random(5, AUX_STRIDE * N);
    byte[] mask = new byte[MASK_STRIDE / 8 * N];
    new Random(6).nextBytes(mask);
    if (relu) {
      cuMemcpyHtoD(dAux, Pointer.to(mask), mask.length);
    } else {
      cuMemcpyHtoD(dAux, Pointer.to(aux), 4L * aux.length);
    }
    MemorySegment descriptor = withPointers(descriptor(epilogue), relu ? MASK_STRIDE : AUX_STRIDE);
    assertEquals(0, multiply(descriptor, MemorySegment.NULL));
    cuCtxSynchronize();
    float[] d = gpu.floats(dd, M * N);
    float[] biasGradient = gpu.floats(dBias, M);
    for (int i = 0; i < M; i++) {
      double sum = 0;
      for (int j = 0; j < N; j++) {
        int bit = j * MASK_STRIDE + i;
        double x = aux[j * AUX_STRIDE + i];
        double h = 1e-5;
        double slope = relu ? mask[bit / 8] >> bit % 8 & 1 : (gelu(x + h) - gelu(x - h)) / (2 * h);
        double expected = linear(i, j) * slope;
        assertEquals(expected, d[j * M + i], 1e-4);
        sum += expected;
      }
      assertEquals((epilogue & 16) != 0 ? sum : bias[i], biasGradient[i], 1e-3);
    }
    assertEquals(0, gpu.emulator.counter("findings"));
  }

  @Test
  void biasGradientsOfTheOperands() {
    assertEquals(0, multiply(withPointers(descriptor(256), 0), MemorySegment.NULL));
    cuCtxSynchronize();
    float[] sums = gpu.floats(dBias, M);
    for (int i = 0; i < M; i++) {
      double sum = 0;
      for (int p = 0; p < K; p++) {
        sum += a[p * M + i];
      }
      assertEquals(sum, sums[i], 1e-4);
    }
    assertEquals(0, multiply(withPointers(descriptor(512), 0), MemorySegment.NULL));
    cuCtxSynchronize();
    sums = gpu.floats(dBias, N);
    for (int j = 0; j < N; j++) {
      double sum = 0;
      for (int p = 0; p < K; p++) {
        sum += b[j * K + p];
      }
      assertEquals(sum, sums[j], 1e-4);
    }
  }

  @Test
  void algorithmsAndWorkspaces() {
    gpu.emulator.set("quiet", true);
    MemorySegment descriptor = descriptor(1);
    LtLibrary.Heuristic offered = lt.heuristic(descriptor, layouts, 1 << 20);
    assertEquals(4, offered.count());
    int hungry = 2;
    assertTrue(offered.workspace(hungry) > 0);
    assertEquals(INVALID_VALUE, multiply(descriptor, offered.algorithm(hungry)));
    Address workspace = new Address(gpu.allocate(offered.workspace(hungry)));
    long[] operands = {da.value(), db.value(), dc.value(), dd.value()};
    long bytes = offered.workspace(hungry);
    MemorySegment algorithm = offered.algorithm(hungry);
    assertEquals(
        0,
        lt.multiply(descriptor, 1, 0, operands, layouts, algorithm, workspace.value(), bytes, 0));
    cuCtxSynchronize();
    // Chosen for another epilogue.
    MemorySegment other = withPointers(descriptor(4), 0);
    assertEquals(NOT_SUPPORTED, multiply(other, offered.algorithm(0)));
    assertTrue(gpu.takeFinding().contains("chosen for another problem"));
    // Operands less aligned than the preference promised.
    operands[3] += 4;
    layouts[3] = lt.layout(SINGLE, M, N, M);
    assertEquals(
        NOT_SUPPORTED,
        lt.multiply(descriptor, 1, 0, operands, layouts, offered.algorithm(0), 0, 0, 0));
    gpu.emulator.reset();
    gpu.free(workspace);
  }

  @Test
  void refusals() {
    gpu.emulator.set("quiet", true);
    assertEquals(INVALID_VALUE, lt.heuristic(descriptor(4), layouts, 0).status(), "no bias");
    assertEquals(INVALID_VALUE, lt.heuristic(descriptor(130), layouts, 0).status(), "no aux");
    MemorySegment narrow = withPointers(descriptor(130), 64);
    assertEquals(NOT_SUPPORTED, lt.heuristic(narrow, layouts, 0).status(), "mask stride in bits");
    MemorySegment odd = withPointers(descriptor(160), 42);
    assertEquals(NOT_SUPPORTED, lt.heuristic(odd, layouts, 0).status(), "aux stride");
    assertEquals(NOT_SUPPORTED, lt.heuristic(descriptor(3), layouts, 0).status(), "no epilogue");
    MemorySegment wrong = lt.set(descriptor(1), LtLibrary.TRANSPOSE_A, 1);
    assertEquals(INVALID_VALUE, lt.heuristic(wrong, layouts, 0).status(), "shapes");
    MemorySegment pointer = MemorySegment.ofAddress(dd.value());
    assertEquals(
        INVALID_VALUE,
        lt.call("cublasLtMatmulDescSetAttribute", descriptor(1), 9, pointer, 8L),
        "attribute 9 is a gap");
  }

  @Test
  void operandsThatAreWrong() {
    gpu.emulator.set("quiet", true);
    long[] operands = {da.value(), db.value(), dc.value(), dd.value() + 256};
    lt.multiply(descriptor(1), 1, 0, operands, layouts, MemorySegment.NULL, 0, 0, 0);
    assertEquals("CUDA_ERROR_ILLEGAL_ADDRESS", EmulatedGpu.errorOf(() -> cuCtxSynchronize()));
    String found = gpu.takeFinding();
    assertTrue(found.contains("operand D"), found);
    assertTrue(found.contains("illegal write"), found);
  }
}
