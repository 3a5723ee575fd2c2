/**
 * cuBLASLt through {@code java.lang.foreign}: matrix products with a fused bias, activation, or
 * their gradients. JCublas 12.6 does not have it.
 *
 * <p>The names are NVIDIA's without their prefixes; the values are those of cublasLt.h and
 * cublas_api.h, the same in cuBLAS 12 and 13. Matrices are column-major: a row-major matrix is
 * given as its transpose.
 */
package dev.lamina.cuda.lt;
