/**
 * The backend for NVIDIA GPUs: operations as kernels of our own and GEMMs of cuBLAS, on streams,
 * replayed as CUDA graphs.
 *
 * <p>An operation is first lowered to {@link dev.lamina.cuda.Step steps} with their arguments,
 * without touching the GPU; an executable resolves them and runs them.
 */
package dev.lamina.cuda;
