/**
 * Finds NVIDIA's libraries, loads them and JCuda, and says what it did.
 *
 * <p>{@link dev.lamina.cuda.natives.CudaLibraries#load} is the way in. Where it looks is a pure
 * function of an {@link dev.lamina.cuda.natives.Environment}; every step is reported, so that a
 * user can see why a library was not taken. JCuda's own native libraries are unpacked into a
 * directory that only the user can write to, because JCuda would otherwise load whatever lies in
 * the shared temporary directory under their name.
 */
package dev.lamina.cuda.natives;
