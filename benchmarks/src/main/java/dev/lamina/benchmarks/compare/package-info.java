/**
 * One training step measured side by side with other libraries: {@link
 * dev.lamina.benchmarks.compare.Compare} starts each contender in a process of its own, in turns.
 */
package dev.lamina.benchmarks.compare;
