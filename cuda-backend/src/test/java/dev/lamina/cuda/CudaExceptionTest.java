package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jcuda.driver.CUresult;
import jcuda.jcublas.cublasStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Codes are named, with what was done and a remedy, however JCuda reports them. */
class CudaExceptionTest {
  @Test
  void successIsNoError() {
    assertDoesNotThrow(() -> CudaException.check(() -> 0, "x"));
    assertDoesNotThrow(() -> CudaException.checkBlas(() -> 0, "x"));
  }

  @Test
  void namesCodeActionAndRemedy() {
    CudaException error =
        assertThrows(
            CudaException.class,
            () -> CudaException.check(() -> CUresult.CUDA_ERROR_OUT_OF_MEMORY, "allocating x"));
    assertEquals(CUresult.CUDA_ERROR_OUT_OF_MEMORY, error.code());
    assertTrue(
        error
            .getMessage()
            .startsWith("cuda: allocating x: CUDA_ERROR_OUT_OF_MEMORY (2). Use a smaller"),
        error.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "46, CUDA_ERROR_DEVICE_UNAVAILABLE, nvidia-smi -c DEFAULT",
    "221, CUDA_ERROR_JIT_COMPILER_NOT_FOUND, libnvidia-ptxjitcompiler.so.1",
    "222, CUDA_ERROR_UNSUPPORTED_PTX_VERSION, Install a newer NVIDIA driver",
    "223, CUDA_ERROR_JIT_COMPILATION_DISABLED, CUDA_DISABLE_PTX_JIT"
  })
  void saysWhatToDo(int code, String name, String remedy) {
    String message = CudaException.driver(code, "opening cuda:0").getMessage();
    assertTrue(message.startsWith("cuda: opening cuda:0: " + name + " (" + code + ")"), message);
    assertTrue(message.contains(remedy), message);
  }

  @Test
  void whatJCudaThrowsIsTheSame() {
    CudaException error =
        assertThrows(
            CudaException.class,
            () ->
                CudaException.check(
                    () -> {
                      throw new jcuda.CudaException(
                          CUresult.stringFor(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS));
                    },
                    "x"));
    assertEquals(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, error.code());
    CudaException blas =
        assertThrows(
            CudaException.class,
            () ->
                CudaException.checkBlas(
                    () -> {
                      throw new jcuda.CudaException(
                          cublasStatus.stringFor(cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED));
                    },
                    "x"));
    assertEquals(cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED, blas.code());
  }
}
