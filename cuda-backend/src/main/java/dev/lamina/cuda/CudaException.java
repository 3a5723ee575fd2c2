package dev.lamina.cuda;

import dev.lamina.LaminaException;
import java.io.Serial;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import jcuda.driver.CUresult;
import jcuda.jcublas.cublasStatus;

/** A CUDA or cuBLAS function that failed: its code by name, and what was being done. */
public final class CudaException extends LaminaException {
  @Serial private static final long serialVersionUID = 1L;

  private static final String LOST =
      "The GPU's state is lost to this process: start it again, from the last checkpoint if there"
          + " is one. -D"
          + CudaOptions.DEBUG_PROPERTY
          + "=true names the operation that failed";

  private static final String NEWER = "Install a newer NVIDIA driver";

  private static final Map<Integer, String> REMEDIES =
      Map.ofEntries(
          Map.entry(
              CUresult.CUDA_ERROR_OUT_OF_MEMORY,
              "Use a smaller batch or model, or end other programs on this GPU"),
          Map.entry(
              CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE,
              "Another process holds this GPU, or it was set to serve none (nvidia-smi -q -d"
                  + " COMPUTE tells): end that process, choose another GPU, or allow several"
                  + " processes by nvidia-smi -c DEFAULT"),
          Map.entry(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, LOST),
          Map.entry(CUresult.CUDA_ERROR_LAUNCH_FAILED, LOST),
          Map.entry(CUresult.CUDA_ERROR_MISALIGNED_ADDRESS, LOST),
          Map.entry(CUresult.CUDA_ERROR_UNKNOWN, LOST),
          Map.entry(
              CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
              "The GPU's memory is defective or was disturbed: reset the GPU, and replace it if"
                  + " this comes again"),
          Map.entry(CUresult.CUDA_ERROR_INVALID_PTX, NEWER),
          Map.entry(CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION, NEWER),
          Map.entry(
              CUresult.CUDA_ERROR_JIT_COMPILER_NOT_FOUND,
              "Install the driver's compiler, libnvidia-ptxjitcompiler.so.1, of the same version"
                  + " as the driver (Debian: the package libnvidia-ptxjitcompiler1; a container"
                  + " needs NVIDIA_DRIVER_CAPABILITIES=compute,utility)"),
          Map.entry(
              CUresult.CUDA_ERROR_JIT_COMPILATION_DISABLED,
              "Remove the environment variable CUDA_DISABLE_PTX_JIT"),
          Map.entry(
              CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU,
              "Lamina needs a GPU of compute capability 7.5 or later"));

  private static final int CODES = CUresult.CUDA_ERROR_UNKNOWN + 1;

  private final int code;

  private CudaException(String message, int code) {
    super(message);
    this.code = code;
  }

  /** The code that CUDA or cuBLAS answered. */
  public int code() {
    return code;
  }

  /** Calls a function of the driver and throws if it failed. */
  static void check(IntSupplier call, String action) {
    check(status(call), action);
  }

  /** Throws if a function of the driver failed. */
  static void check(int status, String action) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw driver(status, action);
    }
  }

  /** Calls a function of cuBLAS and throws if it failed. */
  static void checkBlas(IntSupplier call, String action) {
    int status = status(call, cublasStatus::stringFor);
    if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      throw blas(status, action);
    }
  }

  /** What a function of cuBLAS or cuBLASLt answered, which share their codes. */
  static CudaException blas(int status, String action) {
    String remedy =
        switch (status) {
          case cublasStatus.CUBLAS_STATUS_EXECUTION_FAILED,
              cublasStatus.CUBLAS_STATUS_INTERNAL_ERROR ->
              LOST;
          case cublasStatus.CUBLAS_STATUS_ALLOC_FAILED ->
              REMEDIES.get(CUresult.CUDA_ERROR_OUT_OF_MEMORY);
          default -> "";
        };
    return new CudaException(
        "cuda: "
            + action
            + ": "
            + cublasStatus.stringFor(status)
            + " ("
            + status
            + ")"
            + (remedy.isEmpty() ? "" : ". " + remedy),
        status);
  }

  /** Calls a function of the driver and returns its code. */
  static int status(IntSupplier call) {
    return status(call, CUresult::stringFor);
  }

  // JCuda can be told, for the whole process, to throw instead of returning a code. What it throws
  // holds the code's name only.
  private static int status(IntSupplier call, IntFunction<String> names) {
    try {
      return call.getAsInt();
    } catch (jcuda.CudaException e) {
      return IntStream.range(1, CODES)
          .filter(code -> names.apply(code).equals(e.getMessage()))
          .findFirst()
          .orElse(CUresult.CUDA_ERROR_UNKNOWN);
    }
  }

  /** The error for a code of the driver. */
  static CudaException driver(int status, String action) {
    String remedy = REMEDIES.get(status);
    return new CudaException(
        "cuda: "
            + action
            + ": "
            + CUresult.stringFor(status)
            + " ("
            + status
            + ")"
            + (remedy == null ? "" : ". " + remedy),
        status);
  }
}
