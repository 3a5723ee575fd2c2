/**
 * A program that asks a GPU, its driver and cuBLASLt within seconds what their documentation leaves
 * open: {@link dev.lamina.probe.GpuProbe}. No test of ours passes or fails by the answers.
 */
package dev.lamina.probe;
