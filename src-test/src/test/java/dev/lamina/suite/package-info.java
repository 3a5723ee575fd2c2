/**
 * The operation suite: cases generated from records, run on every backend and compared with {@link
 * dev.lamina.oracle.Oracle}. A backend joins with one entry in {@link
 * dev.lamina.suite.BackendVariants}. Where there is no GPU, the CUDA backend runs on the emulator
 * of {@code dev.lamina.emulator}.
 */
package dev.lamina.suite;
