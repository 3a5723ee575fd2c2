/**
 * The CUDA emulator of the tests: a {@code libcuda.so.1}, {@code libcublas.so} and {@code
 * libcublasLt.so} built with g++ when tests run, under the real JCuda, executing kernels that g++
 * compiled from the same {@code .cu} sources. It checks what a GPU does not: bounds, uninitialised
 * reads, races between threads, operations that nothing orders, leaks.
 *
 * <p>{@link dev.lamina.emulator.CudaEmulator#orSkip} is the way in.
 */
package dev.lamina.emulator;
