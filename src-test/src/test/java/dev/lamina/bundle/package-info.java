/** The bundle that checks Lamina on a machine with a GPU, here on the CUDA emulator. */
package dev.lamina.bundle;
