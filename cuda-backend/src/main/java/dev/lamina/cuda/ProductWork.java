package dev.lamina.cuda;

import dev.lamina.cuda.lt.CudaDataType;
import dev.lamina.type.DType;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasOperation;

/**
 * A matrix product by cuBLAS. cuBLAS's matrices are column-major: a row-major matrix is there its
 * transpose, so Dᵀ = op(B)ᵀ op(A)ᵀ is asked for.
 */
final class ProductWork implements Work {
  private final Step.Product product;
  private final Pointer a;
  private final Pointer b;
  private final Pointer d;
  private final Pointer alpha;
  private final Pointer beta;
  private final String action;

  ProductWork(Step.Product product, String call) {
    this.product = product;
    a = new RawPointer(product.a());
    b = new RawPointer(product.b());
    d = new RawPointer(product.d());
    alpha = scalar(product.operands(), product.alpha());
    beta = scalar(product.operands(), product.beta());
    action = action(product, call);
  }

  /** What a product does, for messages. */
  static String action(Step.Product product, String call) {
    return "multiplying [%d, %d] by [%d, %d] for %s"
        .formatted(product.m(), product.k(), product.k(), product.n(), call);
  }

  private static Pointer scalar(DType dtype, double value) {
    return dtype == DType.FP64
        ? Pointer.to(new double[] {value})
        : Pointer.to(new float[] {(float) value});
  }

  private static int operation(boolean transpose) {
    return transpose ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  @Override
  public void enqueue(Lane lane) {
    Step.Product p = product;
    int opA = operation(p.transposeA());
    int opB = operation(p.transposeB());
    int lda = p.transposeA() ? p.m() : p.k();
    int ldb = p.transposeB() ? p.k() : p.n();
    CudaException.checkBlas(
        () ->
            switch (p.operands()) {
              case FP32 ->
                  JCublas2.cublasSgemm(
                      lane.blas(),
                      opB,
                      opA,
                      p.n(),
                      p.m(),
                      p.k(),
                      alpha,
                      b,
                      ldb,
                      a,
                      lda,
                      beta,
                      d,
                      p.n());
              case FP64 ->
                  JCublas2.cublasDgemm(
                      lane.blas(),
                      opB,
                      opA,
                      p.n(),
                      p.m(),
                      p.k(),
                      alpha,
                      b,
                      ldb,
                      a,
                      lda,
                      beta,
                      d,
                      p.n());
              // Without the suffix it takes the compute type for a data type.
              case BF16 ->
                  JCublas2.cublasGemmEx_new(
                      lane.blas(),
                      opB,
                      opA,
                      p.n(),
                      p.m(),
                      p.k(),
                      alpha,
                      b,
                      cudaDataType.CUDA_R_16BF,
                      ldb,
                      a,
                      cudaDataType.CUDA_R_16BF,
                      lda,
                      beta,
                      d,
                      CudaDataType.of(p.result()).value(),
                      p.n(),
                      cublasComputeType.CUBLAS_COMPUTE_32F,
                      cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
              case INT32, UINT8 -> throw new IllegalArgumentException("product of " + p.operands());
            },
        action);
  }
}
