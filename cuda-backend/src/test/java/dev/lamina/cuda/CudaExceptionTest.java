package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jcuda.driver.CUresult;
import jcuda.jcublas.cublasStatus;
import org.junit.jupiter.api.Test;

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
