package dev.lamina.cuda;

import dev.lamina.backend.Precision;
import dev.lamina.cuda.lt.Workspace;
import dev.lamina.cuda.natives.NativeCublasHandle;
import dev.lamina.cuda.natives.NativeDevicePointer;
import dev.lamina.cuda.natives.NativeStream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasMath;
import jcuda.runtime.cudaStream_t;

/**
 * A stream with a cuBLAS handle and a workspace. A workspace of its own for each stream keeps
 * cuBLAS from allocating, and its results the same from run to run.
 */
final class Lane implements AutoCloseable {
  private final NativeStream stream = new NativeStream();
  private final NativeCublasHandle blas = new NativeCublasHandle();
  private final NativeDevicePointer workspace = new NativeDevicePointer();
  private final long workspaceBytes;
  private boolean hasWorkspace;
  private boolean hasBlas;

  Lane(Gpu gpu, Precision precision) {
    workspaceBytes = gpu.blasWorkspaceBytes();
    CudaException.check(
        () -> JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
        "making a stream");
    try {
      CudaException.check(
          () -> JCudaDriver.cuMemAlloc(workspace, workspaceBytes),
          "allocating cuBLAS's workspace of " + workspaceBytes + " bytes");
      // A failed call may leave anything in its result.
      hasWorkspace = true;
      CudaException.checkBlas(
          () -> JCublas2.cublasCreate(blas),
          "opening cuBLAS, which allocates " + gpu.blasHandleBytes() + " bytes");
      hasBlas = true;
      CudaException.checkBlas(
          () -> JCublas2.cublasSetStream(blas, new cudaStream_t(stream)),
          "giving cuBLAS its stream");
      CudaException.checkBlas(
          () -> JCublas2.cublasSetWorkspace(blas, workspace, workspaceBytes),
          "giving cuBLAS its workspace");
      CudaException.checkBlas(
          () -> JCublas2.cublasSetMathMode(blas, mathMode(precision)),
          "setting cuBLAS's precision");
    } catch (CudaException e) {
      close();
      throw e;
    }
  }

  /** The device memory that each takes: its workspace, and what cuBLAS takes for its handle. */
  static long bytes(Gpu gpu) {
    return gpu.blasWorkspaceBytes() + gpu.blasHandleBytes();
  }

  private static int mathMode(Precision precision) {
    int math =
        switch (precision) {
          case FP32 -> cublasMath.CUBLAS_DEFAULT_MATH;
          case TF32, BF16 -> cublasMath.CUBLAS_TF32_TENSOR_OP_MATH;
        };
    // The parts of a split product of BF16 are added before they are rounded.
    return math | cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;
  }

  NativeStream stream() {
    return stream;
  }

  NativeCublasHandle blas() {
    return blas;
  }

  /** The memory that cuBLAS and cuBLASLt use for what is on the stream, one after the other. */
  Workspace workspace() {
    return new Workspace(workspace.address(), workspaceBytes);
  }

  void synchronize(String action) {
    CudaException.check(finish(), action);
  }

  /** Waits for the stream and returns the driver's answer. */
  int finish() {
    return CudaException.status(() -> JCudaDriver.cuStreamSynchronize(stream));
  }

  // Errors are left aside: of a lost device, nothing can be freed any more.
  @Override
  public void close() {
    if (hasBlas) {
      CudaException.status(() -> JCublas2.cublasDestroy(blas));
    }
    if (hasWorkspace) {
      CudaException.status(() -> JCudaDriver.cuMemFree(workspace));
    }
    CudaException.status(() -> JCudaDriver.cuStreamDestroy(stream));
  }
}
