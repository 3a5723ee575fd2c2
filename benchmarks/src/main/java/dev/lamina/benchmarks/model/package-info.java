/** The node model: what a training step on a GPU would take, estimated from its plan. */
package dev.lamina.benchmarks.model;
