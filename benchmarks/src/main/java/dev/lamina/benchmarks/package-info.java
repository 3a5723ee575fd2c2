/** JMH benchmarks of Lamina's parts. */
package dev.lamina.benchmarks;
