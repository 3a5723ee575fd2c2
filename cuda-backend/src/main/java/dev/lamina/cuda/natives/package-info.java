/**
 * Finds NVIDIA's libraries, loads them and JCuda, and says what it did.
 *
 * <p>{@link dev.lamina.cuda.natives.CudaLibraries#load} is the way in. Where it looks is a pure
 * function of an {@link dev.lamina.cuda.natives.Environment}; every step is reported, so that a
 * user can see why a library was not taken. JCuda's own native libraries are unpacked into a
 * directory that only the user can write to, because JCuda would otherwise load whatever lies in
 * the shared temporary directory under their name.
 *
 * <p>Two settings, each a system property or an environment variable: {@code lamina.cuda.libraries}
 * or {@code LAMINA_CUDA_LIBRARIES}, folders (separated by colons) to take the driver's library and
 * cuBLAS from, which may be a CUDA installation or Python's site-packages; {@code lamina.cache} or
 * {@code LAMINA_CACHE}, the folder to unpack native libraries into.
 */
package dev.lamina.cuda.natives;
