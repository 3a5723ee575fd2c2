package dev.lamina.emulator;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasDestroy;
import static jcuda.jcublas.JCublas2.cublasDgemm;
import static jcuda.jcublas.JCublas2.cublasGemmEx_new;
import static jcuda.jcublas.JCublas2.cublasGemmStridedBatchedEx_new;
import static jcuda.jcublas.JCublas2.cublasSetMathMode;
import static jcuda.jcublas.JCublas2.cublasSetStream;
import static jcuda.jcublas.JCublas2.cublasSetWorkspace;
import static jcuda.jcublas.JCublas2.cublasSgemm;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import jcuda.CudaException;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.runtime.cudaStream_t;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The emulated cuBLAS under JCublas2. */
class CublasTest {

  private static final int N = cublasOperation.CUBLAS_OP_N;
  private static final int T = cublasOperation.CUBLAS_OP_T;
  private static final Pointer ONE = Pointer.to(new float[] {1});
  private static final Pointer ZERO = Pointer.to(new float[] {0});

  private EmulatedGpu gpu;
  private CUstream stream;
  private final cublasHandle handle = new cublasHandle();

  @BeforeEach
  void open() {
    gpu = new EmulatedGpu();
    stream = EmulatedGpu.stream();
    JCublas2.setExceptionsEnabled(true);
    cublasCreate(handle);
    cublasSetStream(handle, new cudaStream_t(stream));
  }

  @AfterEach
  void close() {
    if (gpu != null) {
      gpu.emulator.reset();
      cublasDestroy(handle);
      cuStreamDestroy(stream);
      gpu.close();
    }
  }

  private static float[] random(int n) {
    Random random = new Random(n);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  @Test
  void productsWithTransposesScalesAndStrides() {
    int m = 13;
    int n = 7;
    int k = 130;
    int pad = 3;
    for (int ta : new int[] {N, T}) {
      for (int tb : new int[] {N, T}) {
        int lda = (ta == N ? m : k) + pad;
        int ldb = (tb == N ? k : n) + pad;
        int ldc = m + pad;
        float[] a = random(lda * (ta == N ? k : m));
        float[] b = random(ldb * (tb == N ? n : k));
        float[] c = random(ldc * n);
        CUdeviceptr da = gpu.upload(a);
        CUdeviceptr db = gpu.upload(b);
        CUdeviceptr dc = gpu.upload(c);
        Pointer alpha = Pointer.to(new float[] {0.5f});
        Pointer beta = Pointer.to(new float[] {2});
        cublasSgemm(handle, ta, tb, m, n, k, alpha, da, lda, db, ldb, beta, dc, ldc);
        cuStreamSynchronize(stream);
        float[] result = gpu.floats(dc, ldc * n);
        for (int j = 0; j < n; j++) {
          for (int i = 0; i < ldc; i++) {
            double expected = c[j * ldc + i];
            if (i < m) {
              double sum = 0;
              for (int p = 0; p < k; p++) {
                sum +=
                    (double) a[ta == N ? p * lda + i : i * lda + p]
                        * b[tb == N ? j * ldb + p : p * ldb + j];
              }
              expected = 0.5 * sum + 2 * expected;
            }
            assertEquals(expected, result[j * ldc + i], 1e-5 * k);
          }
        }
        gpu.free(da, db, dc);
      }
    }
    assertEquals(0, gpu.emulator.counter("findings"));
  }

  @Test
  void doublePrecision() {
    double[] a = {1, 2, 3, 4};
    CUdeviceptr da = gpu.allocate(32);
    CUdeviceptr dc = gpu.allocate(32);
    cuMemcpyHtoD(da, Pointer.to(a), 32);
    Pointer one = Pointer.to(new double[] {1});
    Pointer zero = Pointer.to(new double[] {0});
    cublasDgemm(handle, N, N, 2, 2, 2, one, da, 2, da, 2, zero, dc, 2);
    cuStreamSynchronize(stream);
    double[] c = new double[4];
    cuMemcpyDtoH(Pointer.to(c), dc, 32);
    assertArrayEquals(new double[] {7, 10, 15, 22}, c);
    gpu.free(da, dc);
  }

  private float gemmEx(int aType, CUdeviceptr a, int cType, CUdeviceptr c, int computeType) {
    cublasGemmEx_new(
        handle,
        N,
        N,
        1,
        1,
        1,
        ONE,
        a,
        aType,
        1,
        a,
        aType,
        1,
        ZERO,
        c,
        cType,
        1,
        computeType,
        cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
    cuStreamSynchronize(stream);
    float x = gpu.floats(c, 1)[0];
    return cType == cudaDataType.CUDA_R_16BF
        ? Float.intBitsToFloat(Float.floatToRawIntBits(x) << 16)
        : x;
  }

  @Test
  void precisions() {
    float x = 1 + 0x1p-9f + 0x1p-20f;
    CUdeviceptr a = gpu.upload(x);
    CUdeviceptr c = gpu.upload(0f);
    int single = cudaDataType.CUDA_R_32F;
    int full = cublasComputeType.CUBLAS_COMPUTE_32F;
    float tf32 = (1 + 0x1p-9f) * (1 + 0x1p-9f);
    assertEquals(x * x, gemmEx(single, a, single, c, full));
    assertEquals(
        tf32, gemmEx(single, a, single, c, cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32));
    cublasSetMathMode(handle, cublasMath.CUBLAS_TF32_TENSOR_OP_MATH);
    assertEquals(tf32, gemmEx(single, a, single, c, full));
    CUdeviceptr half = gpu.upload(Float.intBitsToFloat(0x3F81)); // 1 + 2^-7 as bf16
    int bf16 = cudaDataType.CUDA_R_16BF;
    float exact = (1 + 0x1p-7f) * (1 + 0x1p-7f);
    assertEquals(exact, gemmEx(bf16, half, single, c, full));
    assertEquals(1 + 0x1p-6f, gemmEx(bf16, half, bf16, c, full));
    gpu.free(a, c, half);
  }

  @Test
  void stridedBatches() {
    CUdeviceptr a = gpu.upload(1f, 2f, 3f);
    CUdeviceptr c = gpu.upload(new float[6]);
    int single = cudaDataType.CUDA_R_32F;
    cublasGemmStridedBatchedEx_new(
        handle,
        N,
        N,
        1,
        1,
        1,
        ONE,
        a,
        single,
        1,
        1,
        a,
        single,
        1,
        1,
        ZERO,
        c,
        single,
        1,
        2,
        3,
        cublasComputeType.CUBLAS_COMPUTE_32F,
        cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
    cuStreamSynchronize(stream);
    assertArrayEquals(new float[] {1, 0, 4, 0, 9, 0}, gpu.floats(c, 6));
    gpu.free(a, c);
  }

  @Test
  void captureAndReplay() {
    CUdeviceptr a = gpu.upload(2f);
    CUdeviceptr c = gpu.upload(1f);
    CUdeviceptr workspace = gpu.allocate(4096);
    cublasSetWorkspace(handle, workspace, 4096);
    cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
    cublasSgemm(handle, N, N, 1, 1, 1, ONE, a, 1, c, 1, ZERO, c, 1);
    CUgraph graph = new CUgraph();
    cuStreamEndCapture(stream, graph);
    CUgraphExec executable = new CUgraphExec();
    cuGraphInstantiate(executable, graph, 0);
    for (int i = 0; i < 5; i++) {
      cuGraphLaunch(executable, stream);
    }
    cuStreamSynchronize(stream);
    assertEquals(32, gpu.floats(c, 1)[0]);
    assertEquals(0, gpu.emulator.counter("captures_without_workspace"));
    cuGraphExecDestroy(executable);
    cuGraphDestroy(graph);
    gpu.free(a, c, workspace);
  }

  @Test
  void workspaceSharedByStreams() {
    gpu.emulator.set("quiet", true);
    CUdeviceptr a = gpu.upload(2f);
    CUdeviceptr c = gpu.upload(1f);
    CUdeviceptr d = gpu.upload(1f);
    CUdeviceptr workspace = gpu.allocate(4096);
    CUstream other = EmulatedGpu.stream();
    cublasSetWorkspace(handle, workspace, 4096);
    cublasSgemm(handle, N, N, 1, 1, 1, ONE, a, 1, a, 1, ZERO, c, 1);
    cublasSetStream(handle, new cudaStream_t(other));
    cublasSetWorkspace(handle, workspace, 4096);
    cublasSgemm(handle, N, N, 1, 1, 1, ONE, a, 1, a, 1, ZERO, d, 1);
    assertEquals("CUDA_ERROR_ILLEGAL_ADDRESS", EmulatedGpu.errorOf(() -> cuCtxSynchronize()));
    String found = gpu.takeFinding();
    assertTrue(found.contains("workspace: unordered write"), found);
    cuStreamDestroy(other);
    gpu.free(a, c, d, workspace);
  }

  private void faulty(String finding, CUdeviceptr a, int m, CUdeviceptr c) {
    gpu.emulator.set("quiet", true);
    cublasSgemm(handle, N, N, m, 2, 1, ONE, a, m, a, 1, ZERO, c, m);
    assertEquals(
        "CUDA_ERROR_ILLEGAL_ADDRESS", EmulatedGpu.errorOf(() -> cuStreamSynchronize(stream)));
    String found = gpu.takeFinding();
    assertTrue(found.contains(finding), found);
  }

  @Test
  void operandsThatAreWrong() {
    CUdeviceptr a = gpu.upload(1f, 2f, 3f);
    CUdeviceptr c = gpu.upload(new float[5]);
    CUdeviceptr unwritten = gpu.allocate(16);
    faulty("operand C, column 1: illegal write of 12 bytes: address", a, 3, c);
    faulty("operand A, column 0: uninitialised read", unwritten, 2, c);
    gpu.free(unwritten);
    faulty("freed device allocation", a, 2, unwritten);
    assertThrows(
        CudaException.class, () -> cublasSgemm(handle, N, N, 4, 1, 1, ONE, a, 3, a, 1, ZERO, c, 4));
    assertTrue(gpu.takeFinding().contains("leading dimension"));
    gpu.free(a, c);
  }
}
