/**
 * JMH benchmarks of Lamina: one class for each kind of work, the same parameters for every device.
 * {@link dev.lamina.benchmarks.Main} runs them.
 */
package dev.lamina.benchmarks;
